"""Each act changes what it says, tells the person, and is in the journal under the agent's name."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.factors import totp
from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.models import Account, AccountShutdown, Notice, RescueContact, Session
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.rescue import contact
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel
from vaguemestre.helpdesk.caller import caller_identification
from vaguemestre.helpdesk.models import IdentityProof
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk
from vaguemestre.letters.letter_issue import reissue
from vaguemestre.letters.models import Letter
from vaguemestre.people.numen import Numen
from vaguemestre.testing import without_noise, wrong_fields
from vaguemestre.web.date_text import full_date

NUMEN = "20E9912345ABC"


def post(client: Client, name: str, account: Account, **body: str):  # type: ignore[no-untyped-def]  # the test client's own answer
    return client.post(reverse(f"helpdesk:{name}", args=[account.key]), body)


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def acts(agent: Account, about: Account) -> list[str]:
    return list(Entry.objects.filter(actor=agent.key, subject=about.key).order_by("pk").values_list("act", flat=True))


def test_the_call_of_the_lost_letter(daemons: None, desk: Desk) -> None:
    """Proof in person, then a pass: shown once, in groups, good for half an hour, in place of everything before."""
    sign_in(Client(), desk.teacher)
    letter = reissue(desk.teacher, actor="system", now=timezone.now(), replace_own=True)
    client = at_the_desk(desk.somme)
    page = post(client, "pass", desk.teacher, in_person="on").content.decode()
    groups = re.findall(r"<li><strong>([2-9a-z]{4})</strong>", page)
    assert len(groups) == 3
    account = fresh(desk.teacher)
    assert account.password_kind == Account.PasswordKind.TEMPORARY
    assert passwords.hasher().verify(account.password or "", "-".join(groups))
    assert account.provisional_expires_at is not None
    assert timedelta(minutes=29) < account.provisional_expires_at - timezone.now() <= timedelta(minutes=30)
    assert not Session.objects.filter(account=account).exists()
    assert Letter.objects.get(pk=letter.pk).state == Letter.State.REVOKED
    assert acts(desk.somme, account)[-3:] == ["identity.proved", "letter.revoked", "password.temporary"]
    assert Notice.objects.get(account=account, kind="help-desk").details["change"] == "temporary-pass"
    assert not any("-".join(groups) in str(entry.details) for entry in Entry.objects.all())


def test_a_pass_is_not_given_to_a_voice(desk: Desk) -> None:
    before = fresh(desk.teacher).password
    response = post(at_the_desk(desk.somme), "pass", desk.teacher)
    assert response.headers["Location"].startswith(reverse("helpdesk:identity", args=[desk.teacher.key]))
    assert fresh(desk.teacher).password == before


def test_a_pass_would_open_nothing_of_a_locked_account(desk: Desk) -> None:
    Account.objects.filter(pk=desk.teacher.pk).update(locked_at=timezone.now())
    before = fresh(desk.teacher).password
    assert post(at_the_desk(desk.somme), "pass", desk.teacher, in_person="on").status_code == 422
    assert fresh(desk.teacher).password == before


def test_lock_and_unlock(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    assert post(client, "lock", desk.teacher).status_code == 200  # asks why
    assert fresh(desk.teacher).locked_at is None
    assert post(client, "lock", desk.teacher, reason="hameçonnage").status_code == 302
    assert fresh(desk.teacher).locked_at is not None
    assert "hameçonnage" in client.get(reverse("helpdesk:person", args=[desk.teacher.key])).content.decode()
    assert post(client, "unlock", desk.teacher).status_code == 422  # says why it may
    assert post(client, "unlock", desk.teacher, reason="fausse alerte").status_code == 302
    assert fresh(desk.teacher).locked_at is None
    assert acts(desk.somme, desk.teacher) == ["account.locked", "account.unlocked"]


def test_unlocking_what_is_not_locked_says_so_and_writes_nothing(desk: Desk) -> None:
    response = post(at_the_desk(desk.somme), "unlock", desk.teacher)
    assert "verrou-inutile" in response.headers["Location"]
    assert acts(desk.somme, desk.teacher) == []


def test_a_new_letter_never_ends_a_chosen_password_by_mistake(daemons: None, desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    assert post(client, "letter", desk.teacher).status_code == 422
    assert fresh(desk.teacher).password_kind == Account.PasswordKind.OWN
    assert post(client, "letter", desk.teacher, replace="on").status_code == 302
    assert fresh(desk.teacher).password_kind == Account.PasswordKind.PROVISIONAL
    assert "letter.reissued" in acts(desk.somme, desk.teacher)


def test_the_numen_is_shown_with_a_reason_for_half_a_minute(desk: Desk) -> None:
    numen, person = Numen(NUMEN), desk.teacher.person
    person.numen_lookup, person.numen_cipher = numen.lookup, numen.encrypted()
    person.save()
    client = at_the_desk(desk.somme)
    assert NUMEN not in post(client, "numen", desk.teacher).content.decode()
    response = post(client, "numen", desk.teacher, reason="dossier à compléter")
    assert NUMEN in response.content.decode()
    assert response.headers["Refresh"].startswith("30; url=/assistance/comptes/")
    assert response.headers["Cache-Control"] == "no-store"
    entry = Entry.objects.get(act="numen.revealed")
    assert (entry.actor, entry.subject, entry.details) == (
        desk.somme.key,
        desk.teacher.key,
        {"reason": "dossier à compléter"},
    )
    assert not any(NUMEN in str(notice.details) for notice in Notice.objects.all())
    assert NUMEN not in client.get(reverse("helpdesk:person", args=[desk.teacher.key])).content.decode()


def test_questions_prove_or_do_not_and_never_say_which_was_wrong(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    right = {"day": "12", "month": "03", "year": "1984", "town": "amiens", "subject": "maths", "entered": "2020"}
    wrong = post(client, "identity-questions", desk.teacher, **(right | {"day": "13"}))
    also_wrong = post(client, "identity-questions", desk.teacher, **(right | {"town": "Laon", "subject": "chimie"}))
    assert (wrong.status_code, also_wrong.status_code) == (422, 422)
    assert "1984" not in without_noise(wrong.content.decode())
    assert post(client, "identity-questions", desk.teacher, **(right | {"entered": "1999"})).status_code == 302
    page = post(client, "pass", desk.teacher)
    assert page.status_code == 200
    assert acts(desk.somme, desk.teacher)[:3] == ["identity.not-proved", "identity.not-proved", "identity.proved"]
    assert not any("1984" in str(entry.details) for entry in Entry.objects.all())


def test_tries_are_counted_on_the_account_whoever_asks(desk: Desk) -> None:
    for agent in (desk.somme, desk.somme, desk.rectorat):
        post(at_the_desk(agent), "identity-questions", desk.teacher, day="1")
    right = {"day": "12", "month": "3", "year": "1984", "town": "80000", "subject": "maths", "entered": "2020"}
    assert post(at_the_desk(desk.somme), "identity-questions", desk.teacher, **right).status_code == 422
    assert not IdentityProof.objects.filter(good=True).exists()


def test_a_proof_is_for_one_agent_and_a_quarter_of_an_hour(desk: Desk) -> None:
    now = timezone.now()
    caller_identification.in_person(desk.somme, desk.teacher, now=now)
    assert caller_identification.valid_proof(desk.somme, desk.teacher, now + timedelta(minutes=14))
    assert not caller_identification.valid_proof(desk.somme, desk.teacher, now + timedelta(minutes=15))
    assert not caller_identification.valid_proof(desk.rectorat, desk.teacher, now)
    assert not caller_identification.valid_proof(desk.somme, desk.neighbour, now)


def test_the_person_reads_what_was_done_and_by_which_office(desk: Desk) -> None:
    post(at_the_desk(desk.somme), "lock", desk.teacher, reason="hameçonnage")
    post(at_the_desk(desk.somme), "unlock", desk.teacher, reason="fausse alerte")
    theirs = Client()
    sign_in(theirs, desk.teacher)
    page = theirs.get(reverse("accounts:account")).content.decode()
    assert "hameçonnage" in page
    assert "DSDEN de la Somme" in page
    assert "Quesnel" not in page


def test_the_journal_is_read_within_one_s_department(desk: Desk) -> None:
    post(at_the_desk(desk.somme), "lock", desk.teacher, reason="motif lisible")
    assert "motif lisible" in at_the_desk(desk.somme).get(reverse("helpdesk:journal")).content.decode()
    assert "motif lisible" in at_the_desk(desk.rectorat).get(reverse("helpdesk:journal")).content.decode()
    elsewhere = at_the_desk(desk.aisne)
    assert "motif lisible" not in elsewhere.get(reverse("helpdesk:journal")).content.decode()
    named = elsewhere.get(reverse("helpdesk:journal"), {"person": desk.teacher.identifier})
    assert "motif lisible" not in named.content.decode()


def test_the_journal_s_filters(desk: Desk) -> None:
    client, journal = at_the_desk(desk.rectorat), reverse("helpdesk:journal")
    post(at_the_desk(desk.somme), "lock", desk.teacher, reason="premier motif")
    post(at_the_desk(desk.aisne), "lock", desk.neighbour, reason="second motif")
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    for filters, first, second in (
        ({"person": desk.teacher.identifier}, True, False),
        ({"agent": desk.aisne.identifier}, False, True),
        ({"act": "account.locked"}, True, True),
        ({"act": "account.opened"}, False, False),
        ({"first": tomorrow}, False, False),
        ({"person": "personne"}, False, False),
    ):
        page = client.get(journal, filters).content.decode()
        assert (("premier motif" in page), ("second motif" in page)) == (first, second), filters


def test_whether_the_journal_is_whole_is_shown(desk: Desk) -> None:
    assert at_the_desk(desk.rectorat).get(reverse("helpdesk:journal-verification")).status_code == 200
    assert at_the_desk(desk.somme).get(reverse("helpdesk:journal-verification")).status_code == 404


def test_a_closed_account_comes_back_until_a_day_by_the_rectorat(desk: Desk) -> None:
    now = timezone.now()
    closure.close_accounts([desk.teacher], on=timezone.localdate(now) - timedelta(days=3), now=now)
    until = (timezone.localdate(now) + timedelta(days=30)).isoformat()
    body = {"reason": "jury du baccalauréat", "until": until}
    assert post(at_the_desk(desk.somme), "restore", desk.teacher, **body).status_code == 404
    client = at_the_desk(desk.rectorat)
    assert post(client, "restore", desk.teacher, reason="sans date").status_code == 422
    today = post(client, "restore", desk.teacher, reason="hier", until=timezone.localdate(now).isoformat())
    assert today.status_code == 422
    assert wrong_fields(today.content.decode()) == {"until": "Choisissez un jour après aujourd’hui."}
    assert 'name="reason" maxlength="300" required autocomplete="off" value="hier"' in today.content.decode()
    assert post(client, "restore", desk.teacher, **body).status_code == 302
    account = fresh(desk.teacher)
    assert (account.state, account.closes_on and account.closes_on.isoformat()) == ("open", until)


def test_a_rescue_contact_is_recorded_after_a_proof_and_a_code_read_back(desk: Desk) -> None:
    client, address = at_the_desk(desk.somme), "mathilde@boite.example"
    assert "identite" in post(client, "rescue-code", desk.teacher, email=address).headers["Location"]
    caller_identification.in_person(desk.somme, desk.teacher, now=timezone.now())
    assert post(client, "rescue-code", desk.teacher, email=desk.teacher.address).status_code == 422  # ours
    assert post(client, "rescue-code", desk.teacher, email=address).status_code == 302
    both = post(client, "rescue-code", desk.teacher, email=desk.teacher.address).content.decode()
    assert both.count(" autofocus") == 1
    text = Parcel.objects.get(to=address).text
    code = "".join(re.findall(r"(\d{3})\s(\d{3})", text)[0])
    assert (
        post(client, "rescue-record", desk.teacher, code="000000" if code != "000000" else "111111").status_code == 422
    )
    assert contact.confirmed_email(desk.teacher) is None
    assert post(client, "rescue-record", desk.teacher, code=code).status_code == 302
    assert contact.confirmed_email(desk.teacher) == address
    assert address not in str([entry.details for entry in Entry.objects.all()])


def test_a_code_read_back_proves_who_calls(desk: Desk) -> None:
    address = "mathilde@boite.example"
    contact_change.record(desk.teacher, address, by=desk.rectorat.key, now=timezone.now() - timedelta(days=30))
    client = at_the_desk(desk.somme)
    assert post(client, "identity-code", desk.teacher).status_code == 302
    page = client.get(reverse("helpdesk:identity", args=[desk.teacher.key])).content.decode()
    assert address not in page
    text = Parcel.objects.filter(to=address).order_by("-pk")[0].text
    code = "".join(re.findall(r"(\d{3})\s(\d{3})", text)[0])
    assert code not in page
    assert post(client, "identity-code-check", desk.teacher, code=code).status_code == 302
    assert caller_identification.valid_proof(desk.somme, desk.teacher, timezone.now())


@pytest.mark.parametrize(
    ("confirmed", "stolen_ago", "proves"),
    [
        (timedelta(minutes=1), None, False),
        (timedelta(days=6), None, False),
        (timedelta(days=8), None, True),
        (timedelta(days=65), timedelta(days=60), False),  # by whoever had the account then
        (timedelta(days=80), timedelta(days=60), True),
        (timedelta(days=50), timedelta(days=60), True),
    ],
)
def test_a_contact_changed_lately_proves_nothing(
    desk: Desk, confirmed: timedelta, stolen_ago: timedelta | None, proves: bool
) -> None:
    now, client = timezone.now(), at_the_desk(desk.somme)
    if stolen_ago:
        started = now - stolen_ago
        AccountShutdown.objects.create(
            account=desk.teacher, by="system", reason="x", started_at=started, since=started - timedelta(days=7)
        )
    contact_change.record(desk.teacher, "voleur@boite.example", by=desk.rectorat.key, now=now - confirmed)
    Parcel.objects.all().delete()
    assert (post(client, "identity-code", desk.teacher).status_code == 302) is proves
    assert Parcel.objects.filter(to="voleur@boite.example").exists() is proves
    page = client.get(reverse("helpdesk:identity", args=[desk.teacher.key])).content.decode()
    assert ("c’est trop récent" in page) is not proves
    assert full_date((now - confirmed).astimezone(timezone.get_default_timezone()).date()) in page


def test_a_code_on_its_way_proves_nothing_once_the_contact_has_changed(desk: Desk) -> None:
    now, client = timezone.now(), at_the_desk(desk.somme)
    contact_change.record(desk.teacher, "elle@boite.example", by=desk.rectorat.key, now=now - timedelta(days=30))
    post(client, "identity-code", desk.teacher)
    code = "".join(re.findall(r"(\d{3})\s(\d{3})", Parcel.objects.filter(to="elle@boite.example").latest("pk").text)[0])
    RescueContact.objects.filter(account=desk.teacher).update(confirmed_at=now)
    assert post(client, "identity-code-check", desk.teacher, code=code).status_code == 422
    assert not IdentityProof.objects.filter(good=True).exists()


def test_an_impostor_s_answers_do_not_shut_the_code_that_only_the_owner_reads(desk: Desk) -> None:
    contact_change.record(
        desk.teacher, "elle@boite.example", by=desk.rectorat.key, now=timezone.now() - timedelta(days=30)
    )
    client = at_the_desk(desk.somme)
    for _ in range(4):
        post(client, "identity-questions", desk.teacher, day="1")
    assert (
        caller_identification.tries_left(desk.somme, desk.teacher, IdentityProof.Method.QUESTIONS, timezone.now()) == 0
    )
    page = client.get(reverse("helpdesk:identity", args=[desk.teacher.key])).content.decode()
    assert "Plus d’essai par les questions" in page
    post(client, "identity-code", desk.teacher)
    code = "".join(re.findall(r"(\d{3})\s(\d{3})", Parcel.objects.filter(to="elle@boite.example").latest("pk").text)[0])
    assert post(client, "identity-code-check", desk.teacher, code=code).status_code == 302
    assert caller_identification.valid_proof(desk.somme, desk.teacher, timezone.now())


@pytest.mark.parametrize("name", ["pass", "letter"])
def test_what_shuts_the_mailbox_is_told_outside_of_it(daemons: None, desk: Desk, name: str) -> None:
    """Also to the contact that somebody replaced a minute ago."""
    now = timezone.now()
    contact_change.record(desk.teacher, "elle@boite.example", by=desk.rectorat.key, now=now - timedelta(days=30))
    contact_change.record(desk.teacher, "voleur@boite.example", by=desk.rectorat.key, now=now)
    Parcel.objects.all().delete()
    post(at_the_desk(desk.somme), name, desk.teacher, in_person="on", replace="on")
    told = set(Parcel.objects.values_list("to", flat=True))
    assert told == {desk.teacher.address, "elle@boite.example", "voleur@boite.example"}


def test_lost_second_factors_are_withdrawn_after_a_proof(desk: Desk) -> None:
    totp.enrol_with(desk.teacher, "JBSWY3DPEHPK3PXP", now=timezone.now())
    client = at_the_desk(desk.somme)
    assert "identite" in post(client, "factors-lost", desk.teacher).headers["Location"]
    assert fresh(desk.teacher).second_factor
    assert "facteurs" in post(client, "factors-lost", desk.teacher, in_person="on").headers["Location"]
    assert not fresh(desk.teacher).second_factor

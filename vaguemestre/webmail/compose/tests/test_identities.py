"""Own addresses: which one a letter leaves from, what goes with it, and that nobody writes from another's."""

import re
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.engine.projection import project
from vaguemestre.mailbox.values import DRAFT, SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.compose import identities
from vaguemestre.webmail.models import Outgoing, Preferences, new_key
from vaguemestre.webmail.outbox import delivery
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body

PAGE = "/webmail/reglages/identites/"


@pytest.fixture
def former(desk: MailBrowser) -> str:
    """The address of a name that she had before; the daemons know it."""
    account = desk.mail.account
    name = f"mathilde.avant{account.key}"
    LocalPart.objects.create(
        local_part=name, undotted=name.replace(".", ""), kind=LocalPart.Kind.FORMER, account=account,
        since=timezone.now(),
    )  # fmt: skip
    project([account.key])
    return f"{name}@ac-amiens.fr"


def _chosen(html: str) -> str:
    found = re.search(r'<option value="([^"]*)" selected>[^<]*@', html)
    return found[1] if found else ""


def _from(message: Message) -> str:
    return str(make_header(decode_header(message["From"])))


def test_an_identifier_is_no_address_to_write_from(desk: MailBrowser, former: str) -> None:
    account = desk.mail.account
    assert [one.address for one in identities.writable_addresses(account)] == [account.address, former]
    assert not identities.may_write_from(account, f"{account.identifier}@ac-amiens.fr")
    assert identities.may_write_from(account, former.upper())


def test_one_address_is_only_shown(desk: MailBrowser) -> None:
    html = body(desk.get("/webmail/ecrire/"))
    assert 'name="de"' not in html
    assert f"Mathilde Lefèvre, {desk.mail.address}" in html


def test_it_is_chosen_on_the_sheet_kept_and_sent(desk: MailBrowser, neighbour: MailBrowser, former: str) -> None:
    html = body(desk.get("/webmail/ecrire/"))
    assert _chosen(html) == desk.mail.address
    key = new_key()
    desk.write(key, "", a=neighbour.mail.address, de=former)
    assert _chosen(body(desk.get(f"/webmail/ecrire/{key}/"))) == former
    desk.write(key, a=neighbour.mail.address, de=former, revision="1")
    assert _from(desk.stored("sent")[0]).endswith(f"<{former}>")
    [received] = neighbour.stored("inbox")
    assert "Mathilde" in _from(received)
    assert received["Return-Path"] == f"<{former}>"


def test_an_answer_leaves_from_the_address_that_was_written_to(desk: MailBrowser, former: str) -> None:
    account = desk.mail.account
    told = {former: former, former.replace("mathilde.", "mathilde"): former, account.address: account.address}
    Preferences.objects.create(account=account, writes_from=former, changed_at=timezone.now())
    for to, expected in told.items():
        message = letter(f"Elle <{to.upper()}>", subject=f"A {to}")
        uid = desk.put(message)
        for verb in ("reponse", "reponse-a-tous", "transfert"):
            assert _chosen(body(desk.get(desk.url(tail=f"{uid}/{verb}/")))) == expected
    elsewhere = letter("liste@x.example", subject="A une liste")
    uid = desk.put(elsewhere)
    assert _chosen(body(desk.get(desk.url(tail=f"{uid}/reponse/")))) == former  # the usual one


def test_a_draft_of_another_program_keeps_its_sender(desk: MailBrowser, former: str) -> None:
    message = letter("jean@x.example", subject="Commencé ailleurs")
    del message["From"]
    message["From"] = f"M. Lefèvre <{former}>"
    uid = desk.put(message, "drafts", flags=(DRAFT, SEEN))
    assert _chosen(body(desk.get(desk.url("drafts", f"{uid}/reprise/")))) == former


@pytest.mark.parametrize("forged", ["le.recteur@ac-amiens.fr", "x@x.example", "a@x.example\r\nBcc: z@x.example", "@"])
def test_a_forged_sender_is_refused_and_the_text_stays(desk: MailBrowser, neighbour: MailBrowser, forged: str) -> None:
    for sender in (forged, neighbour.mail.address, f"{desk.mail.account.identifier}@ac-amiens.fr"):
        key = new_key()
        response = desk.write(key, a=neighbour.mail.address, de=sender, texte="Mes mots.")
        assert response.status_code == 422
        assert "n’est pas l’une de vos adresses" in body(response)
        kept = Outgoing.objects.get(key=key)
        assert (kept.state, kept.sender, kept.text) == (Outgoing.State.DRAFT, desk.mail.address, "Mes mots.")
    assert neighbour.uids() == []


def test_a_planned_message_does_not_leave_from_an_address_that_is_lost(desk: MailBrowser, former: str) -> None:
    key = new_key()
    now = timezone.now()
    desk.write(key, "programmation/", a="jean@x.example", de=former, depart=(now + timedelta(hours=2)).isoformat())
    LocalPart.objects.filter(local_part=former.partition("@")[0]).update(kind=LocalPart.Kind.RESERVED, account=None)
    delivery.deliver(key, now + timedelta(hours=3))
    kept = Outgoing.objects.get(key=key)
    assert (kept.state, kept.failure) == (Outgoing.State.DRAFT, {"sender": True})
    html = body(desk.get(f"/webmail/ecrire/{key}/"))
    assert "n’est plus la vôtre" in html
    assert f"Mathilde Lefèvre, {desk.mail.address}" in html


def test_each_address_has_its_signature(desk: MailBrowser, former: str, cleaner: object) -> None:
    named = {"id": "abcd", "name": "Brève", "text": "M. L.", "html": "<div>M. L.</div>"}
    Preferences.objects.create(
        account=desk.mail.account, changed_at=timezone.now(), signatures=[named],
        identities={former: {"begins_with": "abcd", "answers_with": "aucune"}},
    )  # fmt: skip
    html = body(desk.get("/webmail/ecrire/"))
    form = fields(html)
    assert "Mathilde Lefèvre" in form["texte"]
    data: dict[str, object] = {**form, "de": former, "de_avant": desk.mail.address, "a": "", "objet": "Essai"}
    data["html"] = (
        f'<div>Bonjour.</div>{_html_of(html)}<blockquote><div class="signature">D’un autre</div></blockquote>'
    )
    del data["texte"]
    changed = desk.post(f"/webmail/ecrire/{key_of(html)}/expediteur/", data)
    shown = _html_of(body(changed))
    assert "M. L." in shown
    assert "Mathilde" not in shown
    assert "Bonjour." in shown
    assert "D’un autre" in shown
    kept = Outgoing.objects.get(key=key_of(html))
    assert (kept.sender, "M. L." in kept.text, "M. L." in kept.html) == (former, True, True)


def _html_of(page: str) -> str:
    found = re.search(r'name="html" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def test_without_formatting_the_signature_changes_too(desk: MailBrowser, former: str) -> None:
    Preferences.objects.create(
        account=desk.mail.account, changed_at=timezone.now(), signature="Mathilde", writes_plain=True,
        signatures=[{"id": "abcd", "name": "Brève", "text": "M. L.", "html": "<div>M. L.</div>"}],
        identities={former: {"begins_with": "abcd"}},
    )  # fmt: skip
    key, both = new_key(), {"de": former, "de_avant": desk.mail.address}
    desk.write(key, "expediteur/", texte="Bonjour.\n\n-- \nMathilde", **both)
    assert Outgoing.objects.get(key=key).text == "Bonjour.\n\n-- \nM. L."
    back = {"de": desk.mail.address, "de_avant": former, "revision": "1"}
    desk.write(key, "expediteur/", texte="Sans signature.", **back)
    assert Outgoing.objects.get(key=key).text == "Sans signature."


def test_settings_choose_the_usual_one_and_where_answers_go(
    desk: MailBrowser, neighbour: MailBrowser, former: str
) -> None:
    page = body(desk.get(PAGE))
    assert page.index(desk.mail.address) < page.index(former)
    data = {
        "adresse_0": desk.mail.address, "adresse_1": former, "habituelle": former, "reponse_0": "",
        "reponse_1": "ce.0800001a@ac-amiens.fr", "nouveaux_1": "aucune", "reponses_1": "inconnue",
    }  # fmt: skip
    assert desk.post(PAGE, dict(data)).status_code == 302
    html = body(desk.get("/webmail/ecrire/"))
    assert _chosen(html) == former
    assert "Mathilde Lefèvre" not in fields(html)["texte"]
    desk.write(new_key(), a=neighbour.mail.address, de=former)
    [received] = neighbour.stored("inbox")
    assert received["Reply-To"].endswith("<ce.0800001a@ac-amiens.fr>")
    assert Preferences.objects.get().identities == {
        former: {"reply_to": "ce.0800001a@ac-amiens.fr", "begins_with": "aucune"}
    }


@pytest.mark.parametrize("typed", ["dehors@x.example", "pas une adresse", "a@ac-amiens.fr, b@ac-amiens.fr"])
def test_answers_do_not_go_outside(desk: MailBrowser, typed: str) -> None:
    response = desk.post(PAGE, {"adresse_0": desk.mail.address, "reponse_0": typed})
    assert response.status_code == 422
    assert typed in body(response)
    assert "adresse de l’académie" in body(response)
    assert not Preferences.objects.exists()


def test_an_address_of_somebody_else_is_not_kept(desk: MailBrowser, neighbour: MailBrowser) -> None:
    theirs = neighbour.mail.address
    desk.post(PAGE, {"adresse_0": theirs, "reponse_0": "ce@ac-amiens.fr", "habituelle": theirs})
    chosen = Preferences.objects.get()
    assert (chosen.identities, chosen.writes_from) == ({}, "")
    assert Client().get(PAGE).status_code == 302


def test_postfix_refuses_a_sender_of_somebody_else(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """Even if the form's check were passed by: the row is changed behind its back."""
    key = new_key()
    desk.write(key, "", a=neighbour.mail.address)
    Outgoing.objects.filter(key=key).update(sender=neighbour.mail.address)
    outgoing = Outgoing.objects.select_related("account__person").get(key=key)
    with pytest.raises(delivery.SendRefusedError, match="foreign_sender"):
        delivery.send(outgoing, timezone.now())
    delivery.write_message(outgoing, timezone.now())
    delivery.enqueue(outgoing, timezone.now())
    delivery.deliver(key, timezone.now())
    refused = Outgoing.objects.get(key=key)
    assert refused.state == Outgoing.State.DRAFT
    assert refused.failure
    assert neighbour.uids() == []


def test_an_account_that_was_renamed_offers_both(desk: MailBrowser) -> None:
    account = Account.objects.get(pk=desk.mail.key)
    old = account.address
    account.local_parts.filter(kind=LocalPart.Kind.MAIN).update(kind=LocalPart.Kind.FORMER)
    name = f"mathilde.nouvelle{account.key}"
    LocalPart.objects.create(
        local_part=name, undotted=name.replace(".", ""), kind=LocalPart.Kind.MAIN, account=account, since=timezone.now()
    )
    account.local_part = name
    account.save()
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = old, "jean@x.example", "A son ancienne adresse"
    message.set_content("Bonjour")
    uid = desk.put(message)
    assert _chosen(body(desk.get(desk.url(tail=f"{uid}/reponse/")))) == old


def test_a_copy_that_is_taken_up_keeps_the_address_it_was_written_from(
    desk: MailBrowser, former: str, neighbour: MailBrowser
) -> None:
    key = new_key()
    desk.write(key, "copie/", a="jean@x.example", de=former, fenetre="w1", frappe="7")
    assert Outgoing.objects.get(key=key).sender == former
    other = new_key()
    desk.write(other, "copie/", a="jean@x.example", de=neighbour.mail.address, fenetre="w1", frappe="7")
    assert Outgoing.objects.get(key=other).sender == desk.mail.address

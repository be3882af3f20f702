"""In whose name a letter leaves, and the fault that is prevented: a parent of the school answered in one's own."""

import html
import re

import pytest
from django.utils import timezone

from vaguemestre.contacts.collected_addresses import collect_addresses
from vaguemestre.engine.testing.sign_in import by_token
from vaguemestre.mailbox.messages import Address
from vaguemestre.shared_mailboxes.models import MailboxRights, SentByMember
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import deliver_locally, letter, make_mail_account, wait_for_mail
from vaguemestre.webmail import connection
from vaguemestre.webmail.models import MailMerge, Outgoing, Preferences
from vaguemestre.webmail.testing.boxes import place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body

OWNER, MEMBER, READER = MailboxRights
PARENT = "sophie.lemoine@dehors.example"
ASKS = "ceci partirait en votre nom"


def begin(desk: MailBrowser, **more: str) -> tuple[str, dict[str, object]]:
    shown = body(desk.get("/webmail/ecrire/"))
    return key_of(shown), {**fields(shown), "objet": "Rendez-vous", "texte": "Bonjour.", **more}


def drafts_in(key: str) -> int:
    with connection.open_mailbox_of(key) as session:
        folder = session.by_role("drafts")
        return len(session.page(folder.id).rows) if folder and folder.id else 0


def test_a_letter_begun_in_one_s_own_name_leaves_in_that_of_the_school(desk: MailBrowser, box: Box) -> None:
    parent = make_mail_account("Anne", "Parent")
    Preferences.objects.create(account=box.account, signature="Le secrétariat des Tilleuls", changed_at=timezone.now())
    key, typed = begin(desk, a=parent.address)
    assert f'<option value="{box.address}">' in body(desk.get("/webmail/ecrire/"))
    desk.post(f"/webmail/ecrire/{key}/", typed)
    assert drafts_in(desk.mail.key) == 1
    typed["revision"] = str(Outgoing.objects.get(key=key).revision)
    there = body(desk.post(f"/webmail/ecrire/{key}/expediteur/", {**typed, "de": box.address}))
    assert f'action="/webmail/boites/{box.account.local_part}/ecrire/{key}/"' in there
    assert "Au nom de la boîte" in there
    assert "Le secrétariat des Tilleuls" in there
    assert (drafts_in(desk.mail.key), drafts_in(box.key)) == (0, 1)
    sent = desk.post(f"/webmail/boites/{box.account.local_part}/ecrire/{key}/envoi/", {**fields(there)})
    assert sent.status_code < 400
    [arrived] = wait_for_mail(parent, 1)
    assert box.address.encode() in arrived.partition(b"\r\n\r\n")[0]
    assert desk.mail.address.encode() not in arrived
    assert SentByMember.objects.get(box=box.key).author_id == desk.mail.key


def test_and_back_in_one_s_own_name(desk: MailBrowser, box: Box) -> None:
    place = f"/webmail/boites/{box.account.local_part}/"
    shown = body(desk.get(f"{place}ecrire/"))
    found = re.search(r"/ecrire/([0-9a-f]{32})/", shown)
    assert found
    typed: dict[str, object] = {**fields(shown), "objet": "À moi", "texte": "Bonjour.", "boite": desk.mail.address}
    back = body(desk.post(f"{place}ecrire/{found[1]}/expediteur/", typed))
    assert f'action="/webmail/ecrire/{found[1]}/"' in back
    assert "Au nom de la boîte" not in back
    assert Outgoing.objects.get(key=found[1]).account_id == desk.mail.key


@pytest.mark.parametrize("right", [READER, None])
def test_who_may_not_write_there_takes_no_letter_there(
    desk: MailBrowser, box: Box, right: MailboxRights | None
) -> None:
    if right:
        box.give(desk.mail, right)
    else:
        box.take(desk.mail)
    key, typed = begin(desk)
    assert f'<option value="{box.address}"' not in body(desk.get("/webmail/ecrire/"))
    desk.post(f"/webmail/ecrire/{key}/expediteur/", {**typed, "de": box.address})
    row = Outgoing.objects.get(key=key)
    assert (row.account_id, row.sender) == (desk.mail.key, desk.mail.address)


def file_their_letter(box: Box, folder: str) -> None:
    """As a member files it, in a mail program or here."""
    deliver_locally(letter(box.address, sender=f"Sophie Lemoine <{PARENT}>"), box.address)
    program = by_token(box, box.token)
    program.select("INBOX")
    program.create(folder)
    assert program.uid("MOVE", "1", folder)[0] == "OK"


@pytest.mark.parametrize(
    ("folder", "asks"),
    [("Familles", True), ("Familles/Sixieme", True), ("Archive", True), ("Junk", False), ("Trash", False),
     ("Trash/Familles", False)],
)  # fmt: skip
def test_it_is_asked_wherever_the_letter_was_filed_but_in_the_bin_and_junk(
    desk: MailBrowser, box: Box, folder: str, asks: bool
) -> None:
    file_their_letter(box, folder)
    key, typed = begin(desk, a=PARENT)
    assert (ASKS in body(desk.post(f"/webmail/ecrire/{key}/envoi/", typed))) is asks


def test_it_costs_one_exchange_more_than_when_her_address_is_known(
    desk: MailBrowser, box: Box, trips: list[int]
) -> None:
    file_their_letter(box, "Familles")
    key, typed = begin(desk, a=f"a@dehors.example, b@dehors.example, c@dehors.example, {PARENT}")

    def cost() -> int:
        typed["revision"] = str(Outgoing.objects.get(key=key).revision)
        trips.clear()
        assert ASKS in body(desk.post(f"/webmail/ecrire/{key}/envoi/", typed))
        return sum(trips)

    desk.post(f"/webmail/ecrire/{key}/", typed)
    by_mail = [cost(), cost()][1]
    collect_addresses(box.account, [Address("Sophie Lemoine", PARENT)], timezone.now())
    assert by_mail == cost() + 1


@pytest.mark.parametrize("known", ["wrote", "was written to", "nobody"])
def test_a_correspondent_of_the_school_is_not_answered_in_one_s_own_name_unasked(
    desk: MailBrowser, box: Box, known: str
) -> None:
    if known == "wrote":
        deliver_locally(letter(box.address, sender=f"Sophie Lemoine <{PARENT}>"), box.address)
    elif known == "was written to":
        collect_addresses(box.account, [Address("Sophie Lemoine", PARENT)], timezone.now())
    key, typed = begin(desk, a=PARENT)
    said = body(desk.post(f"/webmail/ecrire/{key}/envoi/", typed))
    assert (ASKS in said) is (known != "nobody")
    if known != "nobody":
        assert f'name="boite" value="{box.address}"' in said
        assert Outgoing.objects.get(key=key).is_draft
        passed: dict[str, object] = {
            **typed,
            "malgre": "boite",
            "revision": str(Outgoing.objects.get(key=key).revision),
        }
        desk.post(f"/webmail/ecrire/{key}/envoi/", passed)
    assert not Outgoing.objects.filter(key=key, state=Outgoing.State.DRAFT).exists()


def test_in_the_school_s_own_name_nothing_is_asked(desk: MailBrowser, box: Box) -> None:
    deliver_locally(letter(box.address, sender=f"Sophie Lemoine <{PARENT}>"), box.address)
    place = f"/webmail/boites/{box.account.local_part}/"
    shown = body(desk.get(f"{place}ecrire/"))
    found = re.search(r"/ecrire/([0-9a-f]{32})/", shown)
    assert found
    typed: dict[str, object] = {**fields(shown), "a": PARENT, "objet": "Rendez-vous", "texte": "Bonjour."}
    assert ASKS not in body(desk.post(f"{place}ecrire/{found[1]}/envoi/", typed))


def test_files_by_a_link_keep_a_letter_where_it_is(desk: MailBrowser, box: Box) -> None:
    key, typed = begin(desk)
    desk.post(f"/webmail/ecrire/{key}/", typed)
    row = Outgoing.objects.get(key=key)
    MailMerge.objects.create(letter=row, account=desk.mail.account, created_at=timezone.now())
    typed["revision"] = str(row.revision)
    said = body(desk.post(f"/webmail/ecrire/{key}/expediteur/", {**typed, "de": box.address}))
    assert "restent dans la boîte" in said
    assert Outgoing.objects.get(key=key).account_id == desk.mail.key


def test_that_a_parent_is_outside_is_said_in_one_s_own_mailbox_alone(desk: MailBrowser, box: Box) -> None:
    said = "destinataire hors de l’académie"
    for mailbox, shown in (("/webmail/", True), (place(box), False)):
        page = html.unescape(body(desk.get(f"{mailbox}ecrire/?a={PARENT}")))
        assert PARENT in page
        assert (said in page) is shown

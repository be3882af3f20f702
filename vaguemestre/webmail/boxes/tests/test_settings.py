"""What is in force in a shared mailbox: its own pages of the settings, for its owners and its members."""

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.audit.models import Entry
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import deliver, letter, make_mail_account, submission, wait_for_mail
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Preferences, Redirection
from vaguemestre.webmail.preferences import summary
from vaguemestre.webmail.rules import redirection
from vaguemestre.webmail.testing.boxes import place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.script import somebody, sunk

OWNER, MEMBER, READER = MailboxRights


def led_to(html: str, box: Box) -> set[str]:
    return set(re.findall(rf'class="set-line" href="{re.escape(place(box))}([^"]+)"', html))


EVERY = {
    "membres/", "reglages/signature/", "reglages/modeles/", "reglages/absence/", "reglages/filtres/",
    "reglages/redirection/", "dossiers/gestion/", "reglages/etiquettes/", "reglages/place/", "reglages/recuperation/",
}  # fmt: skip


def test_its_settings_are_reached_from_it_and_each_page_opens(desk: MailBrowser, box: Box) -> None:
    assert f'href="{place(box, "reglages/")}"' in body(desk.get(place(box)))
    shown = body(desk.get(place(box, "reglages/")))
    assert len(led_to(shown, box)) == len(EVERY)
    assert box.account.display_name in shown
    for tail in led_to(shown, box):
        answer = desk.get(place(box, tail))
        assert answer.status_code == 200, tail
        assert box.account.display_name in answer.content.decode(), tail


def test_a_member_finds_what_is_theirs_to_change_and_a_reader_nothing(desk: MailBrowser, box: Box) -> None:
    box.give(desk.mail, MEMBER)
    tails = led_to(body(desk.get(place(box, "reglages/"))), box)
    assert tails
    assert not [tail for tail in tails if desk.get(place(box, tail)).status_code != 200]
    assert not [tail for tail in tails if "absence" in tail or "membres" in tail or "redirection" in tail]
    box.give(desk.mail, READER)
    assert desk.get(place(box, "reglages/")).status_code == 403


def test_a_signature_of_the_box_is_not_that_of_who_wrote_it(desk: MailBrowser, box: Box) -> None:
    desk.post(place(box, "reglages/signature/"), {"texte": "Collège des Tilleuls, secrétariat"})
    assert Preferences.objects.get(account=box.key).signature == "Collège des Tilleuls, secrétariat"
    assert not Preferences.objects.filter(account=desk.mail.key).exclude(signature=None).exists()
    assert "secrétariat" in body(desk.get(place(box, "ecrire/")))
    assert "secrétariat" not in body(desk.get("/webmail/ecrire/"))


def test_families_and_colleagues_are_answered_otherwise_while_the_school_is_shut(desk: MailBrowser, box: Box) -> None:
    today = timezone.localdate()
    asked: dict[str, object] = {
        "reponse": "1", "debut": today.isoformat(), "fin": (today + timedelta(days=9)).isoformat(),
        "texte": "Permanence au 03 22.", "ailleurs": "on", "texte_ailleurs": "Le secretariat rouvre lundi.",
    }  # fmt: skip
    assert desk.post(place(box, "reglages/absence/"), asked).status_code == 302
    colleague, parent = somebody("Karim", "Belkacem"), f"parent-{box.key}@dehors.example"
    with submission(colleague) as connection:
        message = letter(box.address, sender=colleague.address, subject="dedans")
        connection.sendmail(colleague.address, [box.address], message.as_bytes())
    [inside] = wait_for_mail(colleague)
    assert b"Permanence" in inside
    assert box.address.encode() in inside
    deliver(letter(box.address, sender=parent), box.address, sender=parent)
    deliver(letter(colleague.address), colleague.address)
    wait_for_mail(colleague, 2)
    while not (outside := sunk(f"To: <{parent}>")):
        time.sleep(0.05)
    assert "rouvre lundi" in outside
    assert "Permanence" not in outside
    assert desk.mail.key not in outside
    now = timezone.now()
    assert summary.summary_of_mailbox(MailboxAccess(box.account, desk.mail.account, OWNER), now).ends
    assert summary.summary_of_mailbox(MailboxAccess.own(desk.mail.account), now).ends is None
    assert "/reglages/absence/fin/" in body(desk.get(place(box)))
    assert "/reglages/absence/fin/" not in body(desk.get("/webmail/"))
    assert Entry.objects.filter(act="absence.set", actor=desk.mail.key, subject=box.key).exists()


def test_its_mail_is_sent_on_to_a_colleague_by_an_owner(desk: MailBrowser, box: Box) -> None:
    other = make_mail_account("Paul", "Sauvage")
    answer = desk.post(place(box, "reglages/redirection/"), {"adresse": other.address, "copie": "1"})
    assert answer.status_code == 302, body(answer)
    waiting = confirmation_codes.waiting_code(box.account, confirmation_codes.Purpose.REDIRECTION, now=timezone.now())
    assert waiting is not None
    assert waiting.target == other.address
    redirection.save_redirection(box.account, other.address, keep_copy=True, by=desk.mail.key, now=timezone.now())
    assert Redirection.objects.get(account=box.key).set_by == desk.mail.key
    deliver(letter(box.address, subject="Vers le gestionnaire"), box.address)
    assert any(b"Vers le gestionnaire" in one for one in wait_for_mail(other))
    assert f'action="{place(box, "reglages/redirection/retrait/")}"' in body(
        desk.get(place(box, "reglages/redirection/"))
    )
    box.give(desk.mail, MEMBER)
    assert desk.post(place(box, "reglages/redirection/retrait/")).status_code == 403


@pytest.mark.parametrize("tail", ["reglages/absence/", "reglages/redirection/", "reglages/signature/"])
def test_what_a_member_may_not_decide_is_refused_by_its_address_too(desk: MailBrowser, box: Box, tail: str) -> None:
    box.give(desk.mail, MEMBER)
    assert desk.post(place(box, tail), {"reponse": "1"}).status_code == 403

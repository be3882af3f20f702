"""A page asked for when the button goes down: it changes nothing, and what opening changes is told after the click."""

import pytest
from django.utils import timezone

from vaguemestre.mailbox.values import SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.models import Outgoing, Preferences
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.conversations import Exchange
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.press import PRESS


def test_a_press_reads_nothing_and_says_whom_to_tell(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Sous le bouton"))
    url = desk.url(tail=f"{uid}/")
    pressed = desk.get(url, **PRESS)
    assert "Sous le bouton" in body(pressed)
    assert SEEN not in desk.flags(uid)
    assert desk.post(pressed["X-Ouverture"], {}, **HTMX).status_code == 204
    assert SEEN in desk.flags(uid)
    assert "X-Ouverture" not in desk.get(url, **PRESS)
    assert "X-Ouverture" not in desk.get(url, **HTMX)


def test_told_all_that_the_page_has_open_is_read(desk: MailBrowser) -> None:
    made = Exchange(desk)
    uids = [made.put(f"Mot {number}.", sender="S <s@x.example>") for number in range(2)]
    pressed = desk.get(desk.url(tail=f"{uids[-1]}/"), **PRESS)
    assert not any(SEEN in desk.flags(uid) for uid in uids)
    desk.post(pressed["X-Ouverture"])
    assert all(SEEN in desk.flags(uid) for uid in uids)


def test_what_answers_by_itself_waits_for_the_click(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """A receipt, or the news about what was sent, is no mark."""
    Preferences.objects.create(account=desk.mail.account, answers_receipts="always", changed_at=timezone.now())
    wanted = {"Disposition_Notification_To": neighbour.mail.address, "Return_Path": f"<{neighbour.mail.address}>"}
    uid = desk.put(letter(desk.mail.address, sender=f"Karim <{neighbour.mail.address}>", **wanted))
    assert desk.get(desk.url(tail=f"{uid}/"), **PRESS).status_code == 204
    mine = letter(neighbour.mail.address, sender=f"Moi <{desk.mail.address}>", Message_ID="<envoye@x.example>")
    sent = desk.put(mine, "sent", flags=(SEEN,))
    assert desk.get(desk.url("sent", f"{sent}/"), **PRESS).status_code == 204


def test_beside_a_search_it_waits_too(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    assert desk.get(desk.url(tail=f"{uid}/?q=bonjour"), **PRESS).status_code == 204


@pytest.mark.parametrize("tail", ["reponse/", "reponse-a-tous/", "transfert/", "transfert-entier/", "a-nouveau/"])
def test_a_letter_begun_ahead_leaves_nothing(desk: MailBrowser, tail: str) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Sous le bouton"))
    for url in (desk.url(tail=f"{uid}/{tail}"), "/webmail/ecrire/"):
        assert 'class="composer"' in body(desk.get(url, **PRESS))
    assert not Outgoing.objects.exists()
    assert not desk.flags(uid)


def test_the_telling_is_an_act_of_ones_own(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    url = desk.url(tail=f"{uid}/ouverture/")
    assert desk.get(url).status_code == 405
    assert neighbour.post(url).status_code == 404
    assert SEEN not in desk.flags(uid)
    gone = desk.url(tail="4000000/ouverture/")
    assert desk.post(gone).status_code == 204  # nothing is left to be read

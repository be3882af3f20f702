"""What is filed from among results: never drafts, and never in part without a word."""

import re
from typing import Any

import pytest

from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.testing import letter
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.search import URL, look, rows
from vaguemestre.webmail.testing.search_whole import ACT


@pytest.mark.parametrize("tail", ["archivage", "indesirables"])
def test_drafts_are_not_among_what_is_filed(desk: MailBrowser, tail: str) -> None:
    for role in ("inbox", "drafts"):
        desk.put(letter(desk.mail.address, subject="Sortie"), role)
    desk.post(f"{ACT}{tail}/", {"choix": rows(look(desk, "sortie")), "retour": URL})
    assert (len(desk.uids()), len(desk.uids("drafts"))) == (0, 1)


def test_a_server_that_goes_away_in_the_middle_what_is_done_is_said_and_taken_back(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("inbox", "sent"):
        desk.put(letter(desk.mail.address, subject="Sortie"), role)
    moves, move = [], Session.move

    def once(self: Session, *arguments: Any) -> Any:
        moves.append(arguments)
        if len(moves) > 1:
            raise MailboxUnavailableError("gone")
        return move(self, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(Session, "move", once)
        response = desk.post(f"{ACT}archivage/", {"choix": rows(look(desk, "sortie")), "retour": URL})
    page = body(desk.get(response["Location"]))
    assert "1 message déplacé vers Archives" in page
    assert len(desk.uids("archive")) == 1
    taken_back = re.search(r'name="fait" value="([^"]+)"', page)
    assert taken_back
    desk.post("/webmail/annulation/", {"fait": taken_back[1]})
    assert (len(desk.uids()), len(desk.uids("sent")), desk.uids("archive")) == (1, 1, [])

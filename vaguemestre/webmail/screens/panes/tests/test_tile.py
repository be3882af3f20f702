"""What the portal shows of the mail."""

from django.http import HttpResponse

from vaguemestre.mailbox.values import SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.testing.browser import MailBrowser

TILE = "/webmail/non-lus/"


def body(response: HttpResponse) -> str:
    return response.content.decode()


def test_the_three_newest_that_are_unread_and_how_many_there_are(desk: MailBrowser, trips: list[int]) -> None:
    for number in range(1, 6):
        desk.put(letter(desk.mail.address, subject=f"Pli numéro {number}"), flags=(SEEN,) if number == 5 else ())
    trips.clear()
    page = body(desk.get(TILE))
    assert [number for number in range(1, 6) if f"Pli numéro {number}" in page] == [2, 3, 4]
    assert "4 non lus" in page
    assert page.count('<a href="/webmail/dossiers/') == 3
    assert sum(trips) <= 2  # the search, then the rows


def test_none_is_said_in_words_and_no_count_is_shown(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Lu hier"), flags=(SEEN,))
    page = body(desk.get(TILE))
    assert "Tout est lu." in page
    assert "tag-count" not in page
    assert "Lu hier" not in page

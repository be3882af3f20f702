"""An empty inbox: the house, a word for the hour, and what waits elsewhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from vaguemestre.testing import letter
from vaguemestre.webmail.screens.panes.empty_inbox import EmptyInbox, empty_inbox
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

type Clock = Callable[[int, int], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the house takes for the hour."""

    def stand(hour: int, minute: int) -> None:
        now = timezone.localtime().replace(hour=hour, minute=minute, second=0)

        def at(*asked: Any) -> EmptyInbox:
            request, session, folders, queued, _real = asked
            return empty_inbox(request, session, folders, queued, now)

        monkeypatch.setattr("vaguemestre.webmail.screens.panes.page.empty_inbox", at)

    return stand


@pytest.mark.parametrize(
    ("hour", "minute", "said", "lit"),
    [
        (4, 59, "Bonne soirée", True), (5, 0, "Bonne matinée", False), (11, 59, "Bonne matinée", False),
        (12, 0, "Bon après-midi", False), (16, 59, "Bon après-midi", False), (17, 0, "Bonne soirée", True),
    ],
)  # fmt: skip
def test_the_hour_has_its_word_and_in_the_evening_the_windows_are_lit(
    desk: MailBrowser, clock: Clock, hour: int, minute: int, said: str, lit: bool
) -> None:
    clock(hour, minute)
    html = body(desk.get(desk.url()))
    assert f"{said}, {desk.mail.account.person.first_name}." in html
    assert ("data-lit" in html) == lit


def test_when_the_last_message_came_and_what_waits_each_a_link(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address), "archive")
    desk.put(letter(desk.mail.address), "drafts")
    uid = desk.put(letter(desk.mail.address))
    until = (timezone.now() + timedelta(days=2)).isoformat()
    desk.post(desk.url(tail="plus-tard/"), {"choix": uid, "jusqua": until})
    html = body(desk.get(desk.url()))
    warm = html[html.index('class="warm"') : html.index("</section>", html.index('class="warm"'))]
    assert "Tout est lu, tout est rangé." in warm
    assert "Le dernier message est arrivé" in warm
    for role, said in (
        ("later", "1 message reviendra"),
        ("drafts", "1 brouillon attend"),
        ("archive", "1 message non lu"),
    ):
        assert f'href="{desk.url(role)}"' in warm
        assert said in warm


def test_the_house_stands_nowhere_else(desk: MailBrowser) -> None:
    for place in (
        desk.url("archive"),
        desk.url("trash"),
        desk.url() + "?voir=non-lus",
        "/webmail/recherche/?q=zorglub",
    ):
        assert 'class="house"' not in body(desk.get(place)), place
    uid = desk.put(letter(desk.mail.address))
    for place in (desk.url(), desk.url(tail=f"{uid}/")):
        assert 'class="house"' not in body(desk.get(place)), place


def test_where_nothing_is_open_one_press_reads_the_first_unread(desk: MailBrowser) -> None:
    unread, read = desk.put(letter(desk.mail.address)), desk.put(letter(desk.mail.address), flags=("\\Seen",))
    html = body(desk.get(desk.url()))
    assert f'href="{desk.url(tail=f"{unread}/")}">Lire le premier non lu' in html
    desk.post(desk.url(tail="lecture/"), {"choix": unread})
    assert f'href="{desk.url(tail=f"{read}/")}">Lire le plus récent' in body(desk.get(desk.url()))


def test_it_costs_no_more_exchanges_than_a_list(desk: MailBrowser, trips: list[int]) -> None:
    desk.get(desk.url())
    trips.clear()
    desk.get(desk.url())
    assert sum(trips) == 1

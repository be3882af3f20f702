"""Old messages thrown away together: how many is said first, what bears a star stays, one press brings them back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.mailbox.values import FLAGGED, FolderName
from vaguemestre.testing import letter, wrong_fields
from vaguemestre.webmail.actions import bulk_actions
from vaguemestre.webmail.cleanup import old_messages
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.search.periods import months_before
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

PLACE = "/webmail/dossiers/gestion/anciens/"


def put(desk: MailBrowser, days: int, *flags: str, role: str = "inbox", subject: str = "Essai") -> None:
    raw = letter(desk.mail.address, subject=subject).as_bytes().replace(b"\n", b"\r\n")
    with desk.session() as session:
        session.append(desk.id(role), raw, flags, timezone.now() - timedelta(days=days))


def ask(desk: MailBrowser, role: str = "inbox", **fields: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in {"dossier": desk.id(role), **fields}.items())
    return body(desk.get(f"{PLACE}?{query}")).replace("\xa0", " ")


def agree(desk: MailBrowser, page: str) -> str:
    """The form of the answer sent as it stands; answers the page that follows."""
    form = page[page.index('id="lecture"') :]
    fields = dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]*)"', form))
    return body(desk.get(desk.post(PLACE, dict(fields)).headers["Location"])).replace("\xa0", " ")


def before(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


def test_each_age_says_how_many(desk: MailBrowser) -> None:
    for days in (10, 250, 500, 900, 3000):
        put(desk, days)
    put(desk, 3000, FLAGGED)
    page = ask(desk)
    found = re.findall(r"Plus d(?:e |’)([^<]*?)\s+<span class=\"hint\">([^<]*)<", page)
    assert found == [("6 mois", "4 messages"), ("1 an", "3 messages"), ("2 ans", "2 messages"), ("5 ans", "1 message")]


def test_said_then_done_then_undone(desk: MailBrowser) -> None:
    put(desk, 900, subject="Ancien")
    put(desk, 900, FLAGGED, subject="Suivi")
    put(desk, 10, subject="Récent")
    page = ask(desk, avant=before(365))
    assert "1 message reçu avant le" in page
    assert "1 suivi reste" in page
    put(desk, 900, subject="Arrivé depuis")
    page = agree(desk, page)
    assert "déplacé vers Corbeille" in page
    assert (len(desk.uids()), len(desk.uids("trash"))) == (3, 1)
    word = re.search(r'name="fait" value="([^"]+)"', page)
    assert word
    desk.post("/webmail/annulation/", {"fait": word[1]})
    assert (len(desk.uids()), len(desk.uids("trash"))) == (4, 0)


def test_with_those_that_bear_a_star(desk: MailBrowser) -> None:
    put(desk, 900)
    put(desk, 900, FLAGGED)
    page = ask(desk, avant=before(365), suivis="1")
    assert "2 messages reçus avant le" in page
    agree(desk, page)
    assert (len(desk.uids()), len(desk.uids("trash"))) == (0, 2)


def test_a_day_of_ones_choice(desk: MailBrowser) -> None:
    """The day itself stays; midnight is that of the staff."""
    raw = letter(desk.mail.address).as_bytes().replace(b"\n", b"\r\n")
    with desk.session() as session:
        for moment in (datetime(2025, 3, 9, 22, 30, tzinfo=UTC), datetime(2025, 3, 9, 23, 30, tzinfo=UTC)):
            session.append(desk.id(), raw, (), moment)
    assert "1 message reçu avant le" in ask(desk, date="2025-03-10")
    assert "Aucun message reçu avant le" in ask(desk, date="2025-03-09")


def test_a_folder_where_nothing_ever_came(desk: MailBrowser) -> None:
    assert "Aucun message reçu avant le" in ask(desk, "sent", date="2015-06-01")


@pytest.mark.parametrize("wrong", ["demain", "2099-01-01", "0001-01-01", "2025-02-30"])
def test_no_day_or_one_to_come(desk: MailBrowser, wrong: str) -> None:
    put(desk, 900)
    assert wrong_fields(ask(desk, date=wrong)) == {"date": "Choisissez un jour passé."}
    desk.post(PLACE, {"dossier": desk.id(), "avant": wrong})
    assert len(desk.uids()) == 1


def test_thousands_in_the_background(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_actions, "IMMEDIATE", 1)
    for _ in range(3):
        put(desk, 900)
    agree(desk, ask(desk, avant=before(365)))
    act = BulkAct.objects.get()
    assert (act.verb, act.state, act.done) == (BulkAct.Verb.MOVE, BulkAct.State.DONE, 3)
    assert bulk_actions.can_undo([act], timezone.now())
    assert len(desk.uids("trash")) == 3


def test_offered_where_it_has_a_meaning(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """Not where messages wait for their writer or their hour, nor in the bin; nor in somebody else's folder."""
    with desk.session() as session:
        session.create(FolderName("Projets"))
    shelves = body(desk.get("/webmail/dossiers/gestion/"))
    for role in ("inbox", "sent", "archive", "junk"):
        assert f"{PLACE}?dossier={desk.id(role)}" in shelves, role
    for role in ("drafts", "trash"):
        assert f"{PLACE}?dossier={desk.id(role)}" not in shelves, role
        assert "Anciens messages" not in ask(desk, role)
    assert "Anciens messages" not in body(neighbour.get(f"{PLACE}?dossier={desk.id()}"))


def test_days_of_a_short_month() -> None:
    assert old_messages.parse_day("2026-02-28", date(2026, 2, 28)) == date(2026, 2, 28)
    assert months_before(date(2026, 8, 31), 6) == date(2026, 2, 28)

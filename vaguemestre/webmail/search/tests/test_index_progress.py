"""A search while the index is being made: the page comes, says what it did not look at, and completes itself."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings

from vaguemestre.engine import doveadm
from vaguemestre.engine.testing import sleeping_indexer
from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.query.search_query import Query
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import FolderName
from vaguemestre.testing import letter
from vaguemestre.webmail.search import index_progress
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.search import look, subjects, title

ASKS_AGAIN = '{"encore":'
SAID = "Encore en préparation pour la recherche"
READY = re.compile(r"messages prêts\u00a0: (\d+) sur (\d+)")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """And three messages are too many to be read at once."""
    monkeypatch.setattr(index_progress, "PATIENCE", 0.5)
    monkeypatch.setattr(index_progress, "FEW", 2)
    monkeypatch.setattr(index_progress._Indexer, "busy_until", 0.0)


@pytest.fixture
def wake(desk: MailBrowser) -> Iterator[Callable[[], None]]:
    """Three messages to the inbox since it stands still; one in the archive, which is in the index."""
    desk.put(letter(desk.mail.address, subject="Ancien", text="La convocation au jury."), "archive")
    doveadm.index(desk.mail.key, str(desk.folder("archive").name))
    assert subjects(look(desk, "convocation")) == ["Ancien"]
    with sleeping_indexer(settings.DATA) as again:
        desk.put(letter(desk.mail.address, subject="Convocation du 12", text="Bonjour."))
        desk.put(letter(desk.mail.address, subject="Rappel", text="Votre convocation est jointe."))
        desk.put(letter(desk.mail.address, subject="Autre", text="Rien."))
        yield again


def test_the_page_shows_what_is_found_and_says_what_is_not_looked_at(
    desk: MailBrowser, wake: Callable[[], None]
) -> None:
    html = look(desk, "convocation")
    assert title(html) == "Au moins 2 résultats"
    assert set(subjects(html)) == {"Convocation du 12", "Ancien"}
    assert f"{SAID}\u00a0: Réception." in html
    assert ASKS_AGAIN in html
    assert 'name="tout" value' not in html
    ready = READY.search(html)
    assert ready
    assert int(ready[2]) - int(ready[1]) == 3


def test_it_asks_again_and_is_complete_once_the_index_is(desk: MailBrowser, wake: Callable[[], None]) -> None:
    asked = re.search(r'hx-vals=\'{"encore":"(\d+)"', look(desk, "convocation"))
    assert asked
    wake()
    desk.get("/webmail/recherche/?q=rappel")  # what makes the index complete, however long that takes
    index_progress._Indexer.busy_until = 0.0
    html = body(desk.get(f"/webmail/recherche/?q=convocation&encore={asked[1]}", **HTMX))
    assert set(subjects(html)) == {"Rappel", "Convocation du 12", "Ancien"}
    assert SAID not in html
    assert ASKS_AGAIN not in html


def test_nothing_found_so_far_is_not_nothing_found(desk: MailBrowser, wake: Callable[[], None]) -> None:
    html = look(desk, "jointe")
    assert title(html) == "Rien trouvé pour l’instant"
    assert SAID in html
    assert "La corbeille et les indésirables" not in html


def test_what_was_seen_a_moment_ago_is_not_waited_for_again(
    desk: MailBrowser, wake: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    look(desk, "convocation")
    waited, search = [], Session.search

    def watched(session: Session, query: Query, **how: Any) -> Any:
        waited.append(how.get("whole") is None)
        return search(session, query, **how)

    monkeypatch.setattr(Session, "search", watched)
    assert set(subjects(look(desk, "convocation"))) == {"Convocation du 12", "Ancien"}
    assert waited == [False]


def test_few_messages_are_put_into_the_index_at_once(
    desk: MailBrowser, wake: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail that came while the indexer reads other mailboxes: nobody waits for those."""
    monkeypatch.setattr(index_progress, "FEW", 3)
    for asked in ("convocation", "objet:convocation"):
        html = look(desk, asked)
        assert SAID not in html
    assert set(subjects(look(desk, "convocation"))) == {"Rappel", "Convocation du 12", "Ancien"}
    assert index_progress._Indexer.is_busy()
    desk.put(letter(desk.mail.address, subject="Encore une", text="Une convocation."))
    assert len(subjects(look(desk, "convocation"))) == 4


def test_few_messages_in_folders_with_names_of_all_kinds(
    desk: MailBrowser, wake: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.session() as session:
        for name in ("Où ? Là", "Élèves & parents/6e B", 'Un "jury"'):
            folder = session.create(FolderName(name))
            assert folder.id
            session.append(folder.id, letter(desk.mail.address, subject=name, text="Convocation.").as_bytes())
    monkeypatch.setattr(index_progress, "FEW", 9)
    html = look(desk, "convocation")
    assert SAID not in html
    assert len(subjects(html)) == 6


def test_a_search_of_people_is_complete_and_says_nothing(desk: MailBrowser, wake: Callable[[], None]) -> None:
    html = look(desk, "de:anne")
    assert SAID not in html
    assert len(subjects(html)) == 4


def test_an_open_message_among_them(desk: MailBrowser, wake: Callable[[], None]) -> None:
    html = body(desk.get(desk.url("archive", "1/?q=convocation")))
    assert "La convocation au jury." in html
    assert set(subjects(html)) == {"Convocation du 12", "Ancien"}
    assert SAID in html


def test_after_many_times_the_page_asks_no_more(desk: MailBrowser, wake: Callable[[], None]) -> None:
    assert ASKS_AGAIN in body(desk.get("/webmail/recherche/?q=convocation&encore=89"))
    assert ASKS_AGAIN not in body(desk.get("/webmail/recherche/?q=convocation&encore=90"))


def test_when_dovecot_does_not_say_how_far_it_is_the_page_says_that_it_does_not_answer(
    desk: MailBrowser, wake: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_key: str) -> dict[str, doveadm.Indexed]:
        raise doveadm.DoveadmError("away")

    monkeypatch.setattr(doveadm, "indexed", away)
    assert desk.get("/webmail/recherche/?q=convocation").status_code == 503


def test_a_slow_search_of_a_whole_index_is_waited_for(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put(letter(desk.mail.address, subject="Convocation du 12"))
    assert subjects(look(desk, "convocation")) == ["Convocation du 12"]
    monkeypatch.setattr(index_progress, "PATIENCE", 1e-9)
    html = look(desk, "convocation")
    assert subjects(html) == ["Convocation du 12"]
    assert SAID not in html


def test_other_refusals_stay_what_they_are(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    def search(*_given: object, **_named: object) -> None:
        raise MailboxRefusedError("LIMIT", "Too many")

    monkeypatch.setattr(Session, "search", search)
    assert desk.get("/webmail/recherche/?q=mot").status_code == 409

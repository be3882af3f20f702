"""What a search finds while the index is being made: of a real Dovecot, whose indexer stands still."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.conf import settings

from vaguemestre.engine.testing import sleeping_indexer
from vaguemestre.mailbox.errors import NoAnswerError
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.query.search_query import Query, Term
from vaguemestre.mailbox.imap.search import unindexed_search
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.testing.searches import mail, put, subjects
from vaguemestre.mailbox.testing.sessions import role
from vaguemestre.mailbox.values import FLAGGED, MailboxId
from vaguemestre.testing import MailAccount

RELEVE, MUSEE = Term("relevé"), Term("musée")
HEADS = ["personne", "fichier", "Le RELEVÉ de la classe"]  # found by them, in what is not in the index


@pytest.fixture
def wake(session: Session) -> Iterator[Callable[[], None]]:
    """The archive is in the index, what came to the inbox and to Sent since is not."""
    put(session, mail("archivé", "Le relevé des notes, au musée."), "archive", days=-9)
    put(session, mail("archivé aussi", "Rien.", file="Relevé_6e.pdf"), "archive", days=-8)
    put(session, mail("jeté", "Un relevé."), "trash", days=-8)
    put(session, mail("ancien", "Rien."), days=-8)
    assert len(subjects(session.search(Query((RELEVE,)))[0])) == 2
    with sleeping_indexer(settings.DATA) as again:
        put(session, mail("Le RELEVÉ de la classe", "Bonjour."), days=-3, flags=(FLAGGED,))
        put(session, mail("texte", "Un relevé."), days=-2)
        put(session, mail("fichier", "Ci-joint.", file="relevé.pdf"), days=-1)
        put(session, mail("personne", "Bonjour.", sender="Zoé Relevé <zoe@librairie.example>"), "sent")
        yield again


def whole(session: Session, *roles: str) -> frozenset[MailboxId]:
    return frozenset(role(session, one) for one in roles)


def seen(session: Session, query: Query, *roles: str) -> list[str]:
    return subjects(session.search(query, whole=whole(session, *roles))[0])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query((RELEVE,)), [*HEADS, "archivé aussi", "archivé"]),
        (Query((Term("releves"),)), [*HEADS, "archivé aussi", "archivé"]),
        (Query((RELEVE, MUSEE)), ["archivé"]),
        (Query((RELEVE, Term("classe"))), ["Le RELEVÉ de la classe"]),
        (Query((RELEVE, Term("musée", excluded=True))), [*HEADS, "archivé aussi"]),
        (Query((RELEVE,), flagged=True), ["Le RELEVÉ de la classe"]),
        (Query((RELEVE,), before=date(2026, 11, 13)), ["archivé aussi", "archivé"]),
        (Query((RELEVE,), attachment=True), ["fichier", "archivé aussi"]),
        (Query((Term("relevé de la classe", phrase=True),)), ["Le RELEVÉ de la classe"]),
        (Query((Term("relevé", "subject"),)), ["Le RELEVÉ de la classe"]),
        (Query((Term("releve", "from"),)), ["personne"]),
        (Query((Term("trimestre"),)), []),
        (Query(either=((Query((MUSEE,)), Query((Term("classe"),))),)), ["Le RELEVÉ de la classe", "archivé"]),
        (Query(either=((Query((MUSEE,)), Query((Term("zoé", "from"),))),)), ["personne", "archivé"]),
    ],
)
def test_texts_of_whole_folders_and_heads_of_the_others(
    session: Session, wake: Callable[[], None], query: Query, expected: list[str]
) -> None:
    assert seen(session, query, "archive") == expected


def test_it_is_said_that_this_is_not_all_and_no_act_on_all_is_offered(
    session: Session, wake: Callable[[], None]
) -> None:
    for query in (Query((RELEVE,)), Query((Term("relevé de", phrase=True),))):
        found = session.search(query, whole=frozenset())[0]
        assert found.at_least
        assert found.bound is None


def test_without_any_whole_folder_no_text_is_looked_at(session: Session, wake: Callable[[], None]) -> None:
    assert seen(session, Query((MUSEE,))) == []
    assert seen(session, Query((Term("archivé"),))) == ["archivé aussi", "archivé"]


def test_one_folder_alone(session: Session, wake: Callable[[], None]) -> None:
    inbox, archive = role(session, "inbox"), role(session, "archive")
    assert seen(session, Query((RELEVE,), folder=archive), "archive") == ["archivé aussi", "archivé"]
    assert seen(session, Query((RELEVE,), folder=inbox), "archive") == ["fichier", "Le RELEVÉ de la classe"]
    left_out = Query((RELEVE,), without_folders=(archive,))
    assert seen(session, left_out, "archive") == HEADS


def test_more_hits_than_a_line_can_name_are_looked_for_like_the_rest(
    session: Session, wake: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unindexed_search, "_NAMED_LIMIT", 10)
    assert seen(session, Query((RELEVE,)), "archive") == [
        "personne",
        "fichier",
        "Le RELEVÉ de la classe",
        "archivé aussi",
    ]


def test_pages_follow_one_another(session: Session, wake: Callable[[], None]) -> None:
    ready = whole(session, "archive")
    first = session.search(Query((RELEVE,)), count=3, whole=ready)[0]
    second = session.search(Query((RELEVE,)), start=3, count=3, whole=ready)[0]
    assert subjects(first) + subjects(second) == seen(session, Query((RELEVE,)), "archive")
    assert first.total == second.total == 5


@pytest.mark.parametrize("term", [RELEVE, Term("relevé", "subject")], ids=["text", "subject"])
def test_words_wait_for_the_index_as_long_as_one_has_patience(
    session: Session, wake: Callable[[], None], term: Term
) -> None:
    with pytest.raises(NoAnswerError):
        session.search(Query((term,)), patience=0.5)
    wake()
    assert "Le RELEVÉ de la classe" in subjects(session.search(Query((term,)))[0])


def test_people_dates_and_marks_wait_for_nothing(session: Session, wake: Callable[[], None]) -> None:
    """And with their accents, whatever was typed."""
    assert subjects(session.search(Query((Term("zoe releve", "from"),)), patience=10)[0]) == ["personne"]
    assert subjects(session.search(Query(flagged=True), patience=10)[0]) == ["Le RELEVÉ de la classe"]


def test_a_folder_that_was_not_whole_after_all(session: Session, wake: Callable[[], None]) -> None:
    """Whoever says so is told by waiting in vain, and looks again without it."""
    with pytest.raises(NoAnswerError):
        session.search(Query((RELEVE,)), whole=whole(session, "archive", "inbox"), patience=0.5)


def test_once_it_is_awake_everything_is_found(
    session: Session, mail_account: MailAccount, pool: Pool, wake: Callable[[], None]
) -> None:
    wake()
    with pool.session(mail_account.key) as other:
        assert len(subjects(other.search(Query((RELEVE,)))[0])) == 6

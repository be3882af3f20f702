"""A search over two connections finds what it finds over one, and does without the second one when it must."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest

from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.query.search_query import Query, Term
from vaguemestre.mailbox.imap.search import search_command
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.wire.connection import Answer, Connection
from vaguemestre.mailbox.testing.searches import DAY, mail, put, subjects
from vaguemestre.mailbox.testing.sessions import role
from vaguemestre.mailbox.values import FLAGGED, SEEN
from vaguemestre.testing import MailAccount

RELEVE, MUSEE = Term("relevé"), Term("musée")
QUERIES = [
    (Query((RELEVE,)), ["mot et nom", "nom", "mot"]),
    (Query((Term("trimestre"),)), ["nom"]),  # the middle of a name
    (Query((RELEVE, Term("classe"))), ["nom", "mot"]),
    (Query((RELEVE, Term("introuvable"))), []),
    (Query((RELEVE,), unseen=True), ["nom", "mot"]),
    (Query((RELEVE,), flagged=True), ["mot et nom"]),
    (Query((RELEVE,), since=date(2026, 11, 19)), ["mot et nom", "nom"]),
    (Query((RELEVE,), before=date(2026, 11, 19)), ["mot"]),
    (Query((RELEVE,), attachment=True), ["mot et nom", "nom"]),
    (Query((RELEVE, Term("anne", "from"))), ["mot et nom", "nom", "mot"]),
    (Query((RELEVE, Term("musée", excluded=True))), ["nom", "mot"]),
    (Query((RELEVE, Term("photo", excluded=True), Term("classe", excluded=True))), ["mot et nom"]),
    (Query((Term("relevé", excluded=True),)), ["autre"]),
    (Query((Term("sortie au musée", phrase=True),)), ["mot et nom"]),
    (Query((Term("sortie au musée", phrase=True), RELEVE, Term("trimestre", excluded=True))), ["mot et nom"]),
    (Query((Term("releve", "file"), MUSEE)), ["mot et nom"]),
    (Query(either=((Query((MUSEE,)), Query((Term("trimestre"),))),)), ["mot et nom", "nom"]),
    (Query((RELEVE,), either=((Query((MUSEE,)), Query((Term("trimestre"),))),)), ["mot et nom", "nom"]),
    (Query((RELEVE,), either=((Query((MUSEE,)), Query(unseen=True)),)), ["mot et nom", "nom", "mot"]),
]


@pytest.fixture
def filled(session: Session) -> Session:
    put(session, mail("mot", "Le relevé de la classe."), days=-3)
    put(session, mail("autre", "Rien.", file="photo.pdf"), "archive", days=-2)
    put(session, mail("nom", "Ci-joint.", file="Relevé CLASSE_trimestre1.pdf"), "sent", days=-1)
    put(session, mail("mot et nom", "Un relevé : sortie au musée.", file="relevé.pdf"), flags=(SEEN, FLAGGED))
    return session


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_command, "LARGE", 0)


def found(session: Session, query: Query) -> list[str]:
    return subjects(session.search(query)[0])


@pytest.mark.parametrize(("query", "wanted"), QUERIES)
def test_the_same_over_one_connection_and_over_two(
    filled: Session, query: Query, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(filled, query) == wanted
    monkeypatch.setattr(search_command, "LARGE", 0)
    assert found(filled, query) == wanted


@pytest.mark.usefixtures("large")
def test_names_are_looked_for_on_a_connection_of_their_own(
    filled: Session, pool: Pool, mail_account: MailAccount
) -> None:
    trips = filled.round_trips
    assert found(filled, Query((RELEVE,))) == ["mot et nom", "nom", "mot"]
    assert filled.round_trips == trips + 3, "words, their order, rows"
    [waiting] = pool._idle[mail_account.key]
    before = waiting.round_trips
    assert found(filled, Query((RELEVE,))) == ["mot et nom", "nom", "mot"]
    assert (pool._idle[mail_account.key], waiting.round_trips) == ([waiting], before + 1), "it is used again"
    assert found(filled, Query(unseen=True)) == ["nom", "autre", "mot"]
    assert waiting.round_trips == before + 1, "no name to look for"


@pytest.mark.usefixtures("large")
def test_one_folder_alone(filled: Session) -> None:
    for where, wanted in (("sent", ["nom"]), ("archive", []), ("inbox", ["mot et nom", "mot"])):
        assert found(filled, Query((RELEVE,), folder=role(filled, where))) == wanted


@pytest.mark.usefixtures("large")
def test_what_came_meanwhile_is_found(filled: Session) -> None:
    assert found(filled, Query((RELEVE,), unseen=True)) == ["nom", "mot"]
    put(filled, mail("neuf", "Rien.", file="Relevé.pdf"), days=1)
    assert found(filled, Query((RELEVE,), unseen=True)) == ["neuf", "nom", "mot"]


def _badly(
    other: Connection, begin: Callable[[Sequence[bytes]], Callable[[], Answer]], ill: str, commands: Sequence[bytes]
) -> Callable[[], Answer]:
    if ill == "refuses":
        return begin([commands[0], b"UID SEARCH NONSENSE"])
    answers = begin(commands)
    other.close()
    return answers


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("ill", ["none", "dead at once", "dead before it answers", "refuses"])
def test_without_a_second_connection_the_first_does_it(
    filled: Session, ill: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = filled._link.aside
    used = []

    @contextmanager
    def aside() -> Iterator[Connection | None]:
        with real() as other:
            assert other
            used.append(other)
            if ill == "dead at once":
                other.close()
            elif ill in {"dead before it answers", "refuses"}:
                monkeypatch.setattr(other, "begin", partial(_badly, other, other.begin, ill))
            yield None if ill == "none" else other

    monkeypatch.setattr(filled._link, "aside", aside)
    assert found(filled, Query((RELEVE,))) == ["mot et nom", "nom", "mot"]
    assert len(used) == 1


@pytest.mark.usefixtures("large")
def test_nobody_waits_for_a_second_connection(pool: Pool, mail_account: MailAccount) -> None:
    alone = Pool(pool.endpoint, lambda _user: mail_account.token, per_user=1)
    alone.PATIENCE = 60.0
    try:
        with alone.session(mail_account.key) as session:
            put(session, mail("mot", "Un relevé."))
            assert found(session, Query((RELEVE,))) == ["mot"]
            assert alone._open == {mail_account.key: 1}
    finally:
        alone.close()


@pytest.mark.usefixtures("large")
def test_a_connection_in_disorder_is_not_used_again(filled: Session, pool: Pool, mail_account: MailAccount) -> None:
    held: list[Connection] = []

    def fail() -> None:
        with filled._link.aside() as other:
            assert other
            held.append(other)
            other.begin([b"NOOP"])
            raise ValueError("while it answers")

    with pytest.raises(ValueError, match="while it answers"):
        fail()
    assert held[0].dead
    assert not pool._idle.get(mail_account.key)


def test_more_names_than_a_command_holds(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_command, "LARGE", 0)
    monkeypatch.setattr(search_command, "COMMAND_LIMIT", 5)
    assert found(filled, Query((RELEVE,))) == ["mot et nom", "nom", "mot"]


def test_days_begin_at_midnight_where_the_staff_works(session: Session) -> None:
    midnight = DAY.astimezone().replace(hour=0, minute=0, second=0)
    for subject, moment in (
        ("la veille", midnight - timedelta(seconds=5)),
        ("le jour", midnight + timedelta(seconds=5)),
    ):
        session.append(role(session, "inbox"), mail(subject), (), moment)
    assert found(session, Query(since=midnight.date())) == ["le jour"]
    assert found(session, Query(before=midnight.date())) == ["la veille"]
    assert found(session, Query(since=date(1, 1, 1), before=date(9999, 12, 31))) == ["le jour", "la veille"]
    assert found(session, Query(since=date(9999, 12, 31))) == []
    assert found(session, Query(before=date(1, 1, 1))) == []

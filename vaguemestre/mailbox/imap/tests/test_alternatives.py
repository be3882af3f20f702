"""One of several things asked for, copies, and dates as they stand in a text, on a real Dovecot."""

from datetime import date, timedelta

import pytest

from vaguemestre.mailbox.imap.query.search_query import Query, Term
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.testing.searches import DAY, look, mail, put, subjects
from vaguemestre.mailbox.values import SEEN


def either(*some: Query) -> Query:
    return Query(either=(some,))


def test_one_of_several(session: Session) -> None:
    put(session, mail("réunion", "Rien."), days=1)
    put(session, mail("deux", "Le conseil.", sender="Anna <anna@x.example>"), "archive", days=2)
    put(session, mail("nom", "Ci-joint.", file="compte-rendu CONSEIL.pdf"), "sent", days=3)
    put(session, mail("autre", "Rien.", sender="Marc <marc@x.example>"), days=4, flags=(SEEN,))

    def found(query: Query) -> list[str]:
        return subjects(session.search(query)[0])

    words = Query((Term("réunions"),)), Query((Term("conseil"),))
    anna, marc = Query((Term("anna", "from"),)), Query((Term("marc", "from"),))
    assert found(either(*words)) == ["nom", "deux", "réunion"]
    assert found(either(anna, marc)) == ["autre", "deux"]
    assert found(either(words[0], marc, Query((Term("ci-joint"),)))) == ["autre", "nom", "réunion"]
    assert found(either(words[1], marc)) == ["autre", "nom", "deux"]
    assert found(either(Query(attachment=True), Query(unseen=False))) == ["autre", "nom"]
    assert found(Query((Term("rien"),), either=((words[0], marc), (words[0], anna)))) == ["réunion"]
    assert found(Query((Term("conseil"),), either=(words,))) == ["nom", "deux"]
    assert found(either(Query((Term("conseil", excluded=True),)), anna)) == ["autre", "deux", "réunion"]
    assert found(either(Query(before=date(2026, 11, 20)), Query(since=DAY.date() + timedelta(days=4)))) == ["autre"]
    assert either(*words).beginnings == ("reunion", "conseil")


def test_copies(session: Session) -> None:
    raw = mail("copie").replace(b"Subject:", b"Cc: Anna Petit <anna@x.example>\r\nSubject:")
    put(session, raw)
    put(session, mail("autre", to="anna@x.example"))
    assert subjects(look(session, "anna", where="cc")) == ["copie"]
    assert sorted(subjects(look(session, "anna@x.example", where="to"))) == ["autre", "copie"]


@pytest.mark.parametrize("typed", ["12/12/2026", "12.12.2026"])
def test_a_date_stands_in_the_text_as_one(session: Session, typed: str) -> None:
    put(session, mail("le jour", "La réunion du 12/12/2026."))
    put(session, mail("12/12/2026", "Rien."))
    put(session, mail("mêlés", "Le 12, en salle 12, rentrée 2026."))
    found, _, _ = session.search(Query((Term(typed, phrase=True),)))
    assert sorted(subjects(found)) == ["12/12/2026", "le jour"]

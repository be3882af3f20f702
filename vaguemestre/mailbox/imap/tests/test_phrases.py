"""Phrases on a real Dovecot, whose index does not know which word follows which: they are looked for in the texts."""

import pytest

from vaguemestre.mailbox.imap.query.search_query import Query, Term
from vaguemestre.mailbox.imap.search.search_results import SearchResults
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.testing.searches import mail, put, subjects


def test_a_phrase_is_words_that_follow_one_another(session: Session) -> None:
    put(session, mail("oui", "Le conseil de classe, à 17 h."))
    put(session, mail("html", "<style>p{}</style><p>Conseil de<br>classe &eacute;tendu</p>", html=True))
    put(session, mail("non", "La classe tient conseil de discipline."))
    put(session, mail("Conseil de classe", "Rien."))
    assert set(subjects(session.search(Query((Term("CONSEIL de classe", phrase=True),)))[0])) == {
        "oui", "html", "Conseil de classe",
    }  # fmt: skip
    without = Query((Term("conseil"), Term("conseil de classe", phrase=True, excluded=True)))
    assert subjects(session.search(without)[0]) == ["non"]


LONG = "Une phrase de la conversation.\n" * 1500  # 46 KB


def in_words(session: Session, phrase: str, *, excluded: bool = False) -> SearchResults:
    words = tuple(Term(word) for word in ("conversation", "lycéenne")) if excluded else ()
    return session.search(Query((*words, Term(phrase, phrase=True, excluded=excluded))))[0]


def test_a_phrase_is_found_at_the_foot_of_a_long_text(session: Session) -> None:
    foot = "Le conseil de la vie lycéenne."
    put(session, mail("long", LONG + foot))
    put(session, mail("style", f"<style>{'p { margin: 0 }' * 2000}</style><p>conversation : {foot}", html=True))
    put(session, mail("autre", f"lycéenne et vie {LONG}"))
    found = in_words(session, "vie lycéenne")
    assert (set(subjects(found)), found.total, found.at_least) == ({"long", "style"}, 2, False)
    assert all("lycéenne" in hit.excerpt for hit in found.hits)
    without = in_words(session, "vie lycéenne", excluded=True)
    assert (subjects(without), without.at_least) == (["autre"], False)


def test_texts_too_long_to_be_read_to_their_end_are_told(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    put(session, mail("long", LONG + "Le conseil de la vie lycéenne."))
    put(session, mail("court", "Le conseil de la vie lycéenne."))
    for limit, value in (("_READ_ON_IN_ALL", 30_000), ("_READ_ON", 30_000)):
        with monkeypatch.context() as patch:
            patch.setattr(f"vaguemestre.mailbox.imap.search.search_results.{limit}", value)
            found = in_words(session, "vie lycéenne")
        assert (subjects(found), found.at_least) == (["court"], True)


def test_only_what_is_long_and_silent_is_read_further(session: Session) -> None:
    put(session, mail("long", f"Le conseil de la vie lycéenne. {LONG}"))
    put(session, mail("court", "La vie d'une lycéenne."))
    in_words(session, "vie lycéenne")
    trips = session.round_trips
    assert subjects(in_words(session, "vie lycéenne")) == ["long"]
    assert session.round_trips == trips + 3

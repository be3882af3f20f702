"""All that a search finds, by folder, on a real Dovecot: but what came since, wherever it lies."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from vaguemestre.mailbox.errors import UidValidityChangedError
from vaguemestre.mailbox.imap.fetch_rows import FetchRow, parse_fetch_rows
from vaguemestre.mailbox.imap.list_filters import By, SortOrder
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.query.search_query import Query, SearchLimit, Term
from vaguemestre.mailbox.imap.search import search_results
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.wire.parser import Data
from vaguemestre.mailbox.testing.searches import look, mail, put
from vaguemestre.mailbox.testing.sessions import role
from vaguemestre.testing import MailAccount


def test_all_that_is_found_by_folder_but_what_came_since(session: Session) -> None:
    for where in ("inbox", "inbox", "archive", "sent"):
        put(session, mail("sortie", "Bonjour."), where)
    put(session, mail("autre", "Bonjour."))
    query = Query((Term("sortie"),))
    bound = session.search(query, count=1)[0].bound
    assert bound
    put(session, mail("sortie", "Bonjour."))
    put(session, mail("sortie", "Bonjour."), "junk")
    trips = session.round_trips
    places = session.all_found(query, bound)
    assert session.round_trips == trips + 2
    hits = [hit for hit in look(session, "sortie").hits if hit.id in places and hit.row.uid in places[hit.id].uids]
    assert sorted(str(hit.folder.role) for hit in hits) == ["archive", "inbox", "inbox", "sent"]
    assert sum(map(len, places.values())) == 4


def test_all_that_is_found_where_another_process_has_just_put_it(pool: Pool, mail_account: MailAccount) -> None:
    """Dovecot leaves the folder of such a message unsaid, where others stay in both folders."""
    query = Query((Term("sortie"),))
    user = mail_account.key
    with pool.session(user) as here, pool.session(user) as there, pool.session(user) as mover:
        for subject, where in (("sortie", "sent"), *(("autre", where) for where in ("sent", "archive") * 5)):
            put(mover, mail(subject, "Bonjour."), where)
        sent, archive = role(mover, "sent"), role(mover, "archive")
        here.search(query)
        for source, target in ((sent, archive), (archive, sent)) * 2:
            mover.move(source, [hit.row.uid for hit in mover.search(query)[0].hits], target)
            bound = there.search(query)[0].bound
            assert bound
            assert [*here.all_found(query, bound)] == [target]


def test_the_list_has_what_another_process_has_just_put_elsewhere(pool: Pool, mail_account: MailAccount) -> None:
    """It said how many were found, and showed none of them."""
    query, user = Query((Term("sortie"),)), mail_account.key
    with pool.session(user) as here, pool.session(user) as there, pool.session(user) as mover:
        for subject, where in (("sortie", "sent"), *(("autre", where) for where in ("sent", "archive") * 5)):
            put(mover, mail(subject, "Bonjour."), where)
        sent, archive = role(mover, "sent"), role(mover, "archive")
        here.search(query)
        for source, target in ((sent, archive), (archive, sent)) * 3:
            mover.move(source, [hit.row.uid for hit in mover.search(query)[0].hits], target)
            for session in (there, here):
                assert [hit.id for hit in session.search(query)[0].hits] == [target]


@pytest.mark.parametrize("terms", [(Term("sortie"),), (Term("sortie scolaire", phrase=True),)])
def test_all_that_is_found_in_one_folder(session: Session, terms: tuple[Term, ...]) -> None:
    inbox = role(session, "inbox")
    for _number in range(2):
        put(session, mail("sortie scolaire", "Bonjour."))
    put(session, mail("sortie scolaire", "Bonjour."), "archive")
    query = Query(terms, folder=inbox)
    bound = session.search(query)[0].bound
    assert bound
    put(session, mail("sortie scolaire", "Bonjour."))
    assert {folder: len(uids) for folder, uids in session.all_found(query, bound).items()} == {inbox: 2}


def test_a_phrase_in_all_folders_and_a_word_in_the_name_of_a_file(session: Session) -> None:
    put(session, mail("sortie scolaire", "Bonjour."))
    put(session, mail("sortie", "un voyage scolaire"), "archive")
    put(session, mail("rien", "Bonjour.", file="bulletin_sortie.pdf"), "sent")
    phrase, word = Query((Term("sortie scolaire", phrase=True),)), Query((Term("bulletin"),))
    for query, where in ((phrase, "inbox"), (word, "sent")):
        bound = session.search(query)[0].bound
        assert bound
        assert {folder: len(uids) for folder, uids in session.all_found(query, bound).items()} == {
            role(session, where): 1
        }


def test_a_mailbox_that_was_numbered_anew_since(session: Session) -> None:
    put(session, mail("sortie", "Bonjour."))
    for query in (Query((Term("sortie"),)), Query((Term("sortie"),), folder=role(session, "inbox"))):
        bound = session.search(query)[0].bound
        assert bound
        with pytest.raises(UidValidityChangedError):
            session.all_found(query, SearchLimit(bound.validity + 1, bound.below))
        assert session.all_found(query, SearchLimit(bound.validity, 1)) == {}


@pytest.mark.parametrize("by", ["arrival", "subject", "size"])
@pytest.mark.parametrize("descending", [True, False])
def test_a_long_list_has_what_another_process_has_just_put_elsewhere(
    pool: Pool, mail_account: MailAccount, by: By, *, descending: bool
) -> None:
    """The server had sorted it behind all others, or before them: on no page that anybody looked at."""
    query, user, order = Query((Term("sortie"),)), mail_account.key, SortOrder(by, descending)
    with pool.session(user) as here, pool.session(user) as there, pool.session(user) as mover:
        for number in range(6):
            put(mover, mail(f"sortie {number}", "Bonjour. " * (number + 1)), "sent", days=number)
        for where in ("sent", "archive") * 5:
            put(mover, mail("autre", "Bonjour."), where)
        sent, archive = role(mover, "sent"), role(mover, "archive")
        wanted = "sortie 5" if descending else "sortie 0"
        here.search(query, order=order)
        for source, target in ((sent, archive), (archive, sent)) * 2:
            hits = mover.search(query)[0].hits
            mover.move(source, [hit.row.uid for hit in hits if hit.row.subject == wanted], target)
            for session in (there, here):
                looked = session.search(query, count=2, order=order)[0]
                assert (looked.hits[0].row.subject, looked.hits[0].id) == (wanted, target)
                assert (looked.total, looked.partial) == (6, False)


def test_a_list_whose_place_stays_unknown_says_that_it_is_partial(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("sent", "archive", "inbox"):
        put(session, mail("sortie", "Bonjour."), place)
    assert not session.search(Query((Term("sortie"),)))[0].partial

    def unknown(data: Iterable[Data]) -> list[FetchRow]:
        nowhere = {"X-MAILBOX": None, "X-REAL-UID": None}
        messages = parse_fetch_rows(data)
        lying = [one for one in messages if one.items.get("X-MAILBOX") == b"Archive"]
        return [replace(one, items={**one.items, **nowhere}) if one in lying else one for one in messages]

    monkeypatch.setattr(search_results, "parse_fetch_rows", unknown)
    trips = session.round_trips
    looked = session.search(Query((Term("sortie"),)))[0]
    assert session.round_trips == trips + 5, "once more, with the folders opened, and then no more"
    assert sorted(str(hit.folder.role) for hit in looked.hits) == ["inbox", "sent"]
    assert (looked.total, looked.partial) == (3, True)


def test_knowing_whether_all_have_a_place_costs_nothing(session: Session) -> None:
    for _number in range(4):
        put(session, mail("sortie", "Bonjour."))
    look(session, "sortie")
    trips = session.round_trips
    assert look(session, "sortie", count=2).total == 4
    assert session.round_trips == trips + 2

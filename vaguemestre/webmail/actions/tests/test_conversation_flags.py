"""Read, unread and stars of a conversation: which of its messages bear them, and what its row and its page say."""

import re

from vaguemestre.mailbox.values import DELETED, FLAGGED, SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.testing.acts import after, take_back
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.conversations import Exchange, rows
from vaguemestre.webmail.testing.pages import body


def test_read_means_all_and_a_star_the_newest(desk: MailBrowser) -> None:
    made = Exchange(desk)
    uids = [made.put(f"Mot {number}.", sender="S <s@x.example>") for number in range(3)]
    desk.get(desk.url())
    chosen = {"choix": uids[-1], "ensemble": "1"}
    desk.post(desk.url(tail="lecture/"), chosen)
    assert all(SEEN in desk.flags(uid) for uid in uids)
    desk.post(desk.url(tail="suivi/"), chosen)
    desk.post(desk.url(tail="lecture/retrait/"), chosen)
    assert [FLAGGED in desk.flags(uid) for uid in uids] == [False, False, True]
    assert [SEEN in desk.flags(uid) for uid in uids] == [True, True, False]
    with desk.session() as session:
        session.store(desk.id(), uids, add=[FLAGGED])
    desk.post(desk.url(tail="suivi/retrait/"), chosen)
    assert not any(FLAGGED in desk.flags(uid) for uid in uids)


def test_unread_marks_the_newest_that_somebody_else_wrote(desk: MailBrowser) -> None:
    """Not one's own copy, although it came last; nor what was moved here since and has a higher number."""
    made = Exchange(desk)
    received = [made.put(f"Mot {number}.", sender="S <s@x.example>", flags=(SEEN,)) for number in range(2)]
    own = made.put("Copie à moi-même.", flags=(SEEN,))
    desk.get(desk.url())
    page = after(desk, desk.post(desk.url(tail="lecture/retrait/"), {"choix": own, "ensemble": "1"}))
    assert [SEEN in desk.flags(uid) for uid in (*received, own)] == [True, False, True]
    assert "data-unread" in rows(page)[0]
    assert "data-unread" not in rows(take_back(desk, page))[0]


def test_of_one_s_own_messages_alone_the_newest_speaks(desk: MailBrowser) -> None:
    made = Exchange(desk)
    own = [made.put(f"Note {number}.", flags=(SEEN,)) for number in range(2)]
    desk.get(desk.url())
    desk.post(desk.url(tail="lecture/retrait/"), {"choix": own[-1], "ensemble": "1"})
    assert [SEEN in desk.flags(uid) for uid in own] == [True, False]


def test_a_starred_conversation_keeps_its_star_where_it_is(desk: MailBrowser) -> None:
    """Starred together with another; then let go of, wherever the star was; then as it was before."""
    made = Exchange(desk)
    first = made.put("Un.", sender="S <s@x.example>", flags=(FLAGGED,))
    last = made.put("Deux.", sender="S <s@x.example>")
    alone = desk.put(letter(desk.mail.address, subject="Seule"))
    assert all("data-starred" in row or "Seule" in row for row in rows(body(desk.get(desk.url()))))
    chosen: dict[str, object] = {"choix": [last, alone], "ensemble": "1"}
    page = after(desk, desk.post(desk.url(tail="suivi/"), chosen))
    assert [FLAGGED in desk.flags(uid) for uid in (first, last, alone)] == [True, False, True]
    assert all("data-starred" in row for row in rows(page))
    page = after(desk, desk.post(desk.url(tail="suivi/retrait/"), chosen))
    assert not any("data-starred" in row for row in rows(page))
    take_back(desk, page)
    assert [FLAGGED in desk.flags(uid) for uid in (first, last, alone)] == [True, False, True]


def test_the_page_says_starred_for_any_of_its_messages(desk: MailBrowser) -> None:
    made = Exchange(desk)
    asked = made.put("Un.", sender="S <s@x.example>", flags=(FLAGGED,))
    added = made.put("Deux.", sender="S <s@x.example>")
    html = body(desk.get(desk.url(tail=f"{added}/")))
    toolbar = re.search(r'<form class="toolbar".*?</form>', html, re.DOTALL)
    assert toolbar
    assert re.search(r'suivi/retrait/"[^>]*aria-pressed="true"[^>]*data-key="s"', toolbar[0])
    desk.post(desk.url(tail="suivi/retrait/"), {"choix": added, "ensemble": "1"})
    assert FLAGGED not in desk.flags(asked)


def test_what_another_program_marked_as_deleted_says_so(desk: MailBrowser) -> None:
    """Of a conversation, once all of it here is; in the row, above its text and on its folded line."""
    made = Exchange(desk)
    alone = desk.put(letter(desk.mail.address, subject="Seule"), flags=(DELETED,))
    first = made.put("Un.", sender="S <s@x.example>", flags=(DELETED, SEEN))
    last = made.put("Deux.", sender="S <s@x.example>")
    single, whole = sorted(rows(body(desk.get(desk.url()))), key=lambda row: "Seule" not in row)
    assert "data-deleted" in single
    assert "À supprimer" in single
    assert "data-deleted" not in whole
    page = body(desk.get(desk.url(tail=f"{last}/")))
    assert "marqué ce message" not in page
    assert page.count("À supprimer") == 2  # the row of the one, the folded line of the other
    with desk.session() as session:
        session.store(desk.id(), [first, last], add=[DELETED])
    assert all("data-deleted" in row for row in rows(body(desk.get(desk.url()))))
    assert "Un autre logiciel a marqué ce message" in body(desk.get(desk.url(tail=f"{alone}/")))


def test_what_another_program_meant_to_delete_is_kept_by_one_press(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Seule"), flags=(DELETED, SEEN))
    message = desk.url(tail=f"{uid}/")
    form = re.search(r'<form[^>]*action="([^"]+/maintien/)".*?</form>', body(desk.get(message)), re.DOTALL)
    assert form
    assert "Garder ce message" in form[0]
    page = after(desk, desk.post(form[1], {"retour": message}))
    assert "Le message reste ici" in page
    assert "maintien/" not in page
    assert DELETED not in desk.flags(uid)
    take_back(desk, page)
    assert DELETED in desk.flags(uid)


def test_what_was_deleted_meanwhile_is_not_said_to_stay(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address), flags=(DELETED,))
    with desk.session() as session:
        session.delete(desk.id(), [uid])
    page = after(desk, desk.post(desk.url(tail=f"{uid}/maintien/"), {"retour": desk.url()}))
    assert "Ce message n’est plus là" in page
    assert "Le message reste" not in page

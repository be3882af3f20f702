"""Acts on thousands of messages: begun at once, gone on with in slices, stopped, taken back, and never done twice."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.clock.models import Due
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName, MailboxId, Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.actions import bulk_actions, chunks
from vaguemestre.webmail.actions.progress_cookie import COOKIE
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.bulk import fill, total
from vaguemestre.webmail.testing.killed_process import kill_process_on
from vaguemestre.webmail.testing.pages import body

MANY = 230  # more than are done while one waits


def unread(desk: MailBrowser, role: str = "inbox") -> int:
    with desk.session() as session:
        return next(folder.unseen for folder in session.folders() if folder.role == role)


def whole(desk: MailBrowser, role: str = "inbox", **more: object) -> dict[str, object]:
    """What the form says when all that the list names are chosen."""
    with desk.session() as session:
        folder = next(folder for folder in session.folders() if folder.role == role)
    return {"tout": folder.uid_next, **more}


def only_act() -> BulkAct:
    return BulkAct.objects.get()


@pytest.fixture(autouse=True)
def patient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere all is done in the request that asks, however slow the machine."""
    if "one_by_one" not in request.fixturenames:
        monkeypatch.setattr(bulk_actions, "AT_ONCE", 60.0)


def test_all_of_a_folder_is_moved_and_put_back(desk: MailBrowser) -> None:
    fill(desk, MANY)
    response = desk.post(desk.url(tail="archivage/"), whole(desk))
    assert response.status_code == 302
    assert COOKIE in response.cookies
    assert (total(desk), total(desk, "archive")) == (0, MANY)
    page = body(desk.get(response["Location"]))
    assert f"{MANY} messages déplacés vers Archives" in page
    undo = re.search(r'action="(/webmail/travaux/[0-9a-f]{32}/annulation/)"', page)
    assert undo
    assert re.search(rf'action="{undo[1]}".*?<button[^>]* data-key="z">\s*Annuler', page, re.DOTALL)
    desk.post(undo[1])
    assert (total(desk), total(desk, "archive")) == (MANY, 0)
    assert f"{MANY} messages remis" in body(desk.get(desk.url()))


def test_what_arrives_after_the_choice_is_not_taken(desk: MailBrowser) -> None:
    fill(desk, MANY)
    chosen = whole(desk)
    late = desk.put(letter(desk.mail.address, subject="Arrivée entre-temps"))
    desk.post(desk.url(tail="suppression/"), chosen)
    assert desk.uids() == [late]
    assert total(desk, "trash") == MANY


def test_only_what_the_filter_names_is_taken(desk: MailBrowser) -> None:
    fill(desk, MANY, flags=b"\\Flagged")
    kept = desk.put(letter(desk.mail.address))
    desk.post(desk.url(tail="archivage/"), whole(desk, voir="suivis"))
    assert desk.uids() == [kept]
    assert desk.post(desk.url(tail="archivage/"), whole(desk, voir="tout")).status_code == 404
    assert desk.post(desk.url(tail="archivage/"), {"tout": "x"}).status_code == 404
    assert desk.uids() == [kept]


def test_a_whole_choice_that_is_small_is_done_as_ever(desk: MailBrowser) -> None:
    fill(desk, 3)
    response = desk.post(desk.url(tail="archivage/"), whole(desk))
    assert "3 messages déplacés vers Archives" in body(desk.get(response["Location"]))
    assert not BulkAct.objects.exists()


@pytest.mark.parametrize(("tail", "flag", "on"), [("lecture", SEEN, True), ("suivi", FLAGGED, True)])
def test_marks_of_many_and_an_undo_that_changes_no_other(desk: MailBrowser, tail: str, flag: str, on: bool) -> None:
    fill(desk, MANY)
    marked = desk.put(letter(desk.mail.address), flags=(flag,))
    desk.post(desk.url(tail=f"{tail}/"), whole(desk))
    with desk.session() as session:
        bits = {flag in row.flags for row in session.page(desk.id(), count=MANY + 1).rows}
    assert bits == {on}
    act = only_act()
    assert act.done == MANY + 1
    desk.post(f"/webmail/travaux/{act.key}/annulation/")
    with desk.session() as session:
        still = [row.uid for row in session.page(desk.id(), count=MANY + 1).rows if flag in row.flags]
    assert still == [marked]


def test_unread_and_without_star(desk: MailBrowser) -> None:
    fill(desk, MANY, flags=b"\\Seen \\Flagged")
    desk.post(desk.url(tail="lecture/retrait/"), whole(desk))
    desk.post(desk.url(tail="suivi/retrait/"), whole(desk))
    assert unread(desk) == MANY
    assert "aucun message suivi" in body(desk.get(desk.url() + "?voir=suivis")).lower() or "row-link" not in body(
        desk.get(desk.url() + "?voir=suivis")
    )


def test_slices_go_on_where_the_last_one_ended(desk: MailBrowser, one_by_one: Callable[[BulkAct], None]) -> None:
    fill(desk, MANY)
    desk.post(desk.url(tail="archivage/"), whole(desk))
    act = only_act()
    assert act.state == BulkAct.State.RUNNING
    assert Due.objects.filter(job=bulk_actions.RESUME.name, key=act.key).exists()
    page = body(desk.get(desk.url()))
    assert f"Déplacement vers Archives\u00a0: {act.done} sur {MANY}" in page
    assert 'hx-trigger="load delay:1s"' in page
    one_by_one(act)
    assert (act.state, act.done) == (BulkAct.State.DONE, MANY)
    assert total(desk, "archive") == MANY
    assert not Due.objects.filter(job=bulk_actions.RESUME.name, key=act.key).exists()
    assert 'hx-trigger="load delay:1s"' not in body(desk.get("/webmail/travaux/", **HTMX))


def test_stopped_the_rest_stays_and_what_moved_comes_back(
    desk: MailBrowser, one_by_one: Callable[[BulkAct], None]
) -> None:
    fill(desk, MANY)
    source = folder_of(desk, desk.id())
    with desk.session() as session:
        uids = session.matching(desk.id())
    asked = bulk_actions.BulkRequest(BulkAct.Verb.MOVE, target=desk.id("archive"), label="Archives")
    act = bulk_actions.begin(desk.mail.account, asked, {source: uids}, timezone.now())
    first = act.done
    desk.post(f"/webmail/travaux/{act.key}/arret/")
    act.refresh_from_db()
    assert act.state == BulkAct.State.STOPPED
    assert (total(desk), total(desk, "archive")) == (MANY - first, first)
    one_by_one(act)
    assert total(desk) == MANY - first
    desk.post(f"/webmail/travaux/{act.key}/annulation/")
    for back in BulkAct.objects.filter(undoes=act):
        one_by_one(back)
    assert total(desk) == MANY


def test_a_crash_before_the_answer_neither_moves_twice_nor_loses_the_undo(desk: MailBrowser) -> None:
    """The tasks process died between Dovecot's move and its own note of it."""
    fill(desk, MANY)
    desk.put(letter(desk.mail.address), "archive")
    act = begun(desk, MANY)
    with desk.session() as session:
        for name, value in chunks.prepare_chunk(act, session, 100).items():
            setattr(act, name, value)
        act.save()
        session.move(desk.id(), UidSet.read(act.pending).uids, desk.id("archive"))
    assert not bulk_actions.go_on(act.key, timezone.now(), seconds=60)
    act.refresh_from_db()
    assert (act.state, act.done, len(UidSet.read(act.changed))) == (BulkAct.State.DONE, MANY, MANY)
    assert bulk_actions.undo(act, timezone.now()) is not None
    assert (total(desk), total(desk, "archive")) == (MANY, 1)


def test_a_crash_before_the_move_leaves_it_to_do(desk: MailBrowser) -> None:
    fill(desk, MANY)
    act = begun(desk, MANY)
    with desk.session() as session:
        for name, value in chunks.prepare_chunk(act, session, 100).items():
            setattr(act, name, value)
    act.save()
    bulk_actions.go_on(act.key, timezone.now(), seconds=60)
    act.refresh_from_db()
    assert (act.state, len(UidSet.read(act.changed))) == (BulkAct.State.DONE, MANY)
    assert total(desk, "archive") == MANY


MOVED = """
from vaguemestre.webmail.actions import bulk_actions, chunks
chunks.apply_chunk = after(chunks.apply_chunk)
bulk_actions.go_on(key, timezone.now())
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_at_it_keeps_no_other_from_going_on(desk: MailBrowser) -> None:
    fill(desk, MANY)
    act = begun(desk, MANY)
    kill_process_on(act.key, MOVED)
    assert not bulk_actions.go_on(act.key, timezone.now(), seconds=60)
    act.refresh_from_db()
    assert (act.state, act.done, total(desk, "archive")) == (BulkAct.State.DONE, MANY, MANY)
    assert not act.lock_path.exists()


def test_two_processes_never_work_at_one_act(desk: MailBrowser) -> None:
    fill(desk, MANY)
    act = begun(desk, MANY)
    with hold_machine_lock(act.lock_path):
        assert not bulk_actions.go_on(act.key, timezone.now())
        assert total(desk, "archive") == 0
        bulk_actions.resume(act.key, timezone.now())
    assert Due.objects.filter(job=bulk_actions.RESUME.name, key=act.key).exists()


def test_undone_in_two_tabs_it_comes_back_once(desk: MailBrowser) -> None:
    fill(desk, MANY)
    desk.post(desk.url(tail="archivage/"), whole(desk))
    act = only_act()
    for _tab in range(2):
        assert desk.post(f"/webmail/travaux/{act.key}/annulation/").status_code == 302
    assert BulkAct.objects.filter(undoes=act).count() == 1
    assert total(desk) == MANY


def test_too_late_to_undo(desk: MailBrowser) -> None:
    fill(desk, MANY)
    desk.post(desk.url(tail="archivage/"), whole(desk))
    act = only_act()
    BulkAct.objects.update(finished_at=timezone.now() - 2 * bulk_actions.UNDO_LIFE)
    response = desk.post(f"/webmail/travaux/{act.key}/annulation/")
    assert "trop tard" in body(desk.get(response["Location"]))
    assert total(desk, "archive") == MANY


def test_a_folder_that_went_away_stops_it_with_the_reason(
    desk: MailBrowser, one_by_one: Callable[[BulkAct], None]
) -> None:
    fill(desk, MANY)
    with desk.session() as session:
        target = session.create(FolderName("Élèves partis"))
    assert target.id is not None
    act = begun(desk, MANY, target=target)
    with desk.session() as session:
        session.remove(target.id)
    one_by_one(act)
    assert (act.state, act.failure, total(desk)) == (BulkAct.State.FAILED, "gone", MANY)
    desk.client.cookies[COOKIE] = "1"
    assert "Un dossier n’existe plus" in body(desk.get("/webmail/travaux/", **HTMX))


def test_without_the_mail_server_it_waits_and_goes_on(
    desk: MailBrowser, no_dovecot: Callable[[], None], back_again: Callable[[], None]
) -> None:
    fill(desk, MANY)
    act = begun(desk, MANY)
    no_dovecot()
    assert not bulk_actions.go_on(act.key, timezone.now())
    act.refresh_from_db()
    assert act.waiting
    assert act.state == BulkAct.State.RUNNING
    back_again()
    bulk_actions.resume(act.key, timezone.now())
    assert total(desk, "archive") == MANY


def test_deleting_many_for_good_asks_first(desk: MailBrowser) -> None:
    fill(desk, MANY, "trash")
    question = body(desk.post(desk.url("trash", "suppression/"), whole(desk, "trash")))
    assert f"{MANY} messages sont déjà dans la corbeille" in question
    assert 'name="choix" value=' not in question.split('class="question"')[1]
    assert total(desk, "trash") == MANY
    desk.post(desk.url("trash", "suppression/definitive/"), whole(desk, "trash"))
    assert total(desk, "trash") == 0
    assert not bulk_actions.can_undo([only_act()], timezone.now())


def test_emptying_a_large_bin(desk: MailBrowser) -> None:
    fill(desk, MANY, "trash")
    desk.empty()
    assert total(desk, "trash") == 0
    assert only_act().done == MANY


def test_emptying_a_large_bin_takes_its_folders(desk: MailBrowser) -> None:
    fill(desk, MANY, "trash")
    with desk.session() as session:
        session.create(FolderName("Trash/Classe"))
        session.create(FolderName("Trash/Classe/6e"))
    desk.empty()
    assert total(desk, "trash") == 0
    with desk.session() as session:
        assert not [one for one in session.folders() if "Classe" in one.name]


@pytest.mark.parametrize("tail", ["arret", "annulation", "retrait"])
def test_the_act_of_somebody_else_is_not_there(desk: MailBrowser, neighbour: MailBrowser, tail: str) -> None:
    fill(desk, MANY)
    act = begun(desk, MANY)
    assert neighbour.post(f"/webmail/travaux/{act.key}/{tail}/").status_code == 404
    assert desk.get(f"/webmail/travaux/{act.key}/{tail}/").status_code == 405
    act.refresh_from_db()
    assert (act.state, act.stop_asked, act.shown) == (BulkAct.State.RUNNING, False, True)


def test_put_away_the_notice_is_gone(desk: MailBrowser) -> None:
    fill(desk, MANY)
    desk.post(desk.url(tail="archivage/"), whole(desk))
    assert "messages déplacés" in body(desk.get("/webmail/travaux/", **HTMX))
    desk.post(f"/webmail/travaux/{only_act().key}/retrait/")
    response = desk.get("/webmail/travaux/", **HTMX)
    assert "messages déplacés" not in body(response)
    assert response.cookies[COOKIE]["max-age"] == 0


def test_counts_agree_after_a_mark_of_all(desk: MailBrowser) -> None:
    """In two tabs: both ask the server, and both say the same."""
    fill(desk, MANY)
    url = desk.url()
    assert f"({MANY} non lus)" in body(desk.get(url))
    desk.post(desk.url(tail="lecture/"), whole(desk, voir="non-lus"))
    for _tab in range(2):
        page = body(desk.get(url, **HTMX))
        assert "non lus)" not in page.split("</title>")[0]
        assert 'class="count count-new">' not in page


def begun(desk: MailBrowser, count: int, target: Folder | None = None) -> BulkAct:
    """Asked for, and nothing of it done yet."""
    source = folder_of(desk, desk.id())
    with desk.session() as session:
        uids = session.matching(desk.id())
    assert len(uids) == count
    to = target.id if target and target.id else desk.id("archive")
    return BulkAct.objects.create(
        key="0" * 31 + "1", account=desk.mail.account, verb=BulkAct.Verb.MOVE, source=source.id or "",
        source_validity=source.uid_validity, target=to, label="Archives", todo=str(uids), total=len(uids),
        created_at=timezone.now(),
    )  # fmt: skip


def folder_of(desk: MailBrowser, wanted: MailboxId) -> Folder:
    with desk.session() as session:
        return next(folder for folder in session.folders() if folder.id == wanted)


def test_sets_of_numbers_take_the_newest_first() -> None:
    uids = UidSet.read("1:5,9,20:22")
    assert str(uids.highest(4)[0]) == "9,20:22"
    assert str(uids.highest(4)[1]) == "1:5"
    assert str(uids.highest(100)[1]) == ""
    assert str(UidSet.read("1:3").united(UidSet.read("4,8"))) == "1:4,8"
    assert UidSet.of([Uid(3), Uid(1), Uid(2)]).uids == [1, 2, 3]
    assert str(UidSet.read("1:9").without(UidSet.read("2:8"))) == "1,9"

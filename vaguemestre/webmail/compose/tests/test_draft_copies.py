"""A draft keeps its name while its copy in Drafts is replaced: it stands once in the list, and what leads to its
former copy leads to it."""

import re
import time
from contextlib import AbstractContextManager, ExitStack
from html import unescape

import pytest
from django.utils import timezone

from vaguemestre.clock.machine_lock import hold_machine_lock
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.values import DRAFT, FLAGGED, SEEN, Flag, Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.compose import draft_copies, drafts
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.killed_process import kill_process_on
from vaguemestre.webmail.testing.pages import body


def resumed(desk: MailBrowser, uid: int, key: str = "") -> str:
    """The address of a copy, as a row of the list has it."""
    return desk.url("drafts", f"{uid}/reprise/" + (f"?lettre={key}" if key else ""))


def rows(desk: MailBrowser) -> list[str]:
    """Where the rows of Drafts lead."""
    return [unescape(url) for url in re.findall(r'class="row-link" href="([^"]+)"', body(desk.get(desk.url("drafts"))))]


def at_work(key: str) -> AbstractContextManager[bool]:
    """Another process is replacing the copy."""
    return hold_machine_lock(Outgoing(key=key).copy_lock_path)


def second_copy(desk: MailBrowser, key: str) -> int:
    message = letter(desk.mail.address, subject="Plan", Message_ID=draft_copies.message_id_of(key))
    return desk.put(message, "drafts", flags=(DRAFT, SEEN))


def written(desk: MailBrowser, **words: str) -> tuple[str, int]:
    key = new_key()
    desk.write(key, "", **{"objet": "Plan", **words})
    [uid] = desk.uids("drafts")
    return key, uid


def test_the_former_copy_opens_the_letter(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, former = written(desk)
    assert rows(desk) == [resumed(desk, former, key)]
    desk.write(key, "", objet="Plan 2", revision="1")
    assert desk.uids("drafts") != [former]
    assert desk.get(resumed(desk, former, key))["Location"] == f"/webmail/ecrire/{key}/"
    assert desk.get(resumed(desk, former)).status_code == 404
    assert desk.get(resumed(desk, former, new_key())).status_code == 404
    assert neighbour.get(resumed(neighbour, former, key)).status_code == 404


def test_a_letter_whose_row_is_forgotten_is_found_by_its_name(desk: MailBrowser) -> None:
    key, former = written(desk)
    desk.write(key, "", objet="Plan 2", revision="1")
    Outgoing.objects.all().delete()
    [present] = desk.uids("drafts")
    assert desk.get(resumed(desk, former, key))["Location"] == resumed(desk, present)


def test_a_draft_of_another_program_is_the_same_letter_once_it_was_taken_up(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Plan"), "drafts", flags=(DRAFT, SEEN))
    assert rows(desk) == [resumed(desk, uid)]
    sheet = body(desk.get(resumed(desk, uid)))
    desk.write(key_of(sheet), "", **{**fields(sheet), "texte": "Suite"})
    assert desk.uids("drafts") != [uid]
    assert desk.get(resumed(desk, uid))["Location"] == f"/webmail/ecrire/{key_of(sheet)}/"


def test_while_it_is_replaced_it_stands_once(desk: MailBrowser) -> None:
    key, former = written(desk)
    new = second_copy(desk, key)
    with at_work(key):
        page = body(desk.get(desk.url("drafts")))
        assert f'id="l{new}"' in page
        assert f'id="l{former}"' not in page
        for uid in (former, new):  # the new one is not noted yet
            assert desk.get(resumed(desk, uid, key))["Location"] == f"/webmail/ecrire/{key}/"


def test_what_another_window_wrote_stands_beside_it(desk: MailBrowser) -> None:
    """Set apart, it bears the same name and is a draft of its own."""
    key, apart = written(desk)
    with desk.session() as session:
        drafts.set_apart(Outgoing.objects.get(key=key), session, timezone.now())
    desk.write(key, "", objet="Plan 2", revision="1")
    assert len(rows(desk)) == 2
    assert 'name="reprise" value="1"' in body(desk.get(resumed(desk, apart, key)))


def test_a_row_that_was_read_just_before_it_went_is_left_out(desk: MailBrowser) -> None:
    key, former = written(desk)
    second_copy(desk, key)
    folder = desk.id("drafts")
    with desk.session() as session:
        everything, page = session.folders(), session.page(folder)
        session.delete(folder, [page.rows[-1].uid])
        drawer = next(one for one in everything if one.id == folder)
        whole = ConversationPage(page, {}, page.folder_total)
        listed, found = draft_copies.without_former_copies(session, desk.mail.account, everything, whole, drawer)
    assert former not in [row.uid for row in found.page.rows]
    assert found.page.folder_total == found.messages == 1
    assert [one.total for one in listed if one.id == folder] == [1]


def test_its_star_and_its_labels_stay(desk: MailBrowser) -> None:
    key, uid = written(desk)
    with desk.session() as session:
        session.store(desk.id("drafts"), [Uid(uid)], add=[FLAGGED, Flag("urgent")])
    desk.write(key, "", objet="Plan 2", revision="1")
    [new] = desk.uids("drafts")
    assert desk.flags(new, "drafts") >= {FLAGGED, DRAFT, SEEN, "urgent"}


def test_a_copy_whose_process_ended_too_soon_is_no_second_draft(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _uid = written(desk)
    with monkeypatch.context() as patch:
        patch.setattr(drafts, "_deposited", _killed)
        with pytest.raises(KeyboardInterrupt):
            desk.write(key, "", objet="Plan 2", revision="1")
    desk.write(key, "", objet="Plan 3", revision="2")
    [draft] = desk.stored("drafts")
    assert draft["Subject"] == "Plan 3"


STORED = """
from vaguemestre.webmail.compose import draft_copies, drafts
draft_copies.store_copy = after(draft_copies.store_copy)
drafts.deposit_later(key, timezone.now())
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_while_it_replaces_the_copy_keeps_nobody_from_it(desk: MailBrowser) -> None:
    key, _uid = written(desk)
    Outgoing.objects.filter(key=key).update(revision=2, subject="Plan 2")
    kill_process_on(key, STORED)
    desk.write(key, "", objet="Plan 3", revision="2")
    [draft] = desk.stored("drafts")
    assert draft["Subject"] == "Plan 3"


def test_a_copy_that_was_binned_elsewhere_comes_again(desk: MailBrowser) -> None:
    key, uid = written(desk)
    with desk.session() as session:
        session.move(desk.id("drafts"), [session.page(desk.id("drafts")).rows[0].uid], desk.id("trash"))
    desk.write(key, "", objet="Plan 2", revision="1")
    assert len(desk.uids("drafts")) == 1
    assert uid not in desk.uids("drafts")


def test_throwing_away_waits_for_what_is_being_saved(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its copy was neither among the drafts nor in the bin: the save took it away after the letter was gone."""
    key, _uid = written(desk)
    Outgoing.objects.filter(key=key).update(revision=2, subject="Plan 2")
    save = ExitStack()
    save.enter_context(at_work(key))

    def saved(_seconds: float) -> None:
        save.close()
        with desk.session() as session:
            drafts.deposit(Outgoing.objects.get(key=key), session, timezone.now())

    monkeypatch.setattr(time, "sleep", saved)
    assert desk.post(f"/webmail/ecrire/{key}/abandon/").status_code == 302
    assert desk.uids("drafts") == []
    [thrown] = desk.stored("trash")
    assert thrown["Subject"] == "Plan 2"


def test_nothing_is_thrown_away_while_a_save_does_not_end(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    key, uid = written(desk)
    monkeypatch.setattr(drafts, "CLAIM_PAUSE", 0)
    with at_work(key):
        assert desk.post(f"/webmail/ecrire/{key}/abandon/").status_code == 503
    assert desk.uids("drafts") == [uid]
    assert Outgoing.objects.filter(key=key).exists()


def test_a_letter_that_waits_for_its_seconds_is_not_opened_a_second_time(desk: MailBrowser) -> None:
    key, uid = written(desk)
    Outgoing.objects.filter(key=key).update(state=Outgoing.State.QUEUED)
    assert desk.get(resumed(desk, uid, key))["Location"] == f"/webmail/ecrire/{key}/"
    assert "déjà parti" in body(desk.get(f"/webmail/ecrire/{key}/", **HTMX))


def _killed(*_arguments: object) -> None:
    raise KeyboardInterrupt


def test_a_search_finds_it_once_while_it_is_replaced(desk: MailBrowser) -> None:
    key, former = written(desk, texte="Un palimpseste.")
    newer = letter(
        desk.mail.address, subject="Plan", Message_ID=draft_copies.message_id_of(key), text="Un palimpseste."
    )
    fresh = desk.put(newer, "drafts", flags=(DRAFT, SEEN))
    with at_work(key):
        html = body(desk.get("/webmail/recherche/?q=palimpseste"))
    assert re.findall(r'data-value="[0-9a-f]{32}-(\d+)"', html) == [str(fresh)]
    assert "1 résultat" in html
    html = body(desk.get("/webmail/recherche/?q=palimpseste"))  # nobody replaces it: what stands there is shown
    assert set(re.findall(r'data-value="[0-9a-f]{32}-(\d+)"', html)) == {str(former), str(fresh)}


def test_taken_up_in_two_windows_at_once_it_is_one_letter(desk: MailBrowser) -> None:
    """The second is asked which text is kept; closed as it was, it asks and changes nothing."""
    draft = letter("anne@x.example", sender=desk.mail.address, subject="Plan", text="Avant.")
    uid = desk.put(draft, "drafts", flags=(DRAFT, SEEN))
    first, second = (body(desk.get(resumed(desk, uid))) for _window in range(2))
    key = key_of(first)
    assert key_of(second) == key
    own: dict[str, object] = {**fields(first), "texte": "Le mien."}
    other: dict[str, object] = {**fields(second), "texte": "L’autre."}
    assert desk.post(f"/webmail/ecrire/{key}/", own).status_code == 200
    assert desk.post(f"/webmail/ecrire/{key}/fermeture/", {**fields(second)}).status_code == 302
    refused = desk.post(f"/webmail/ecrire/{key}/", other)
    assert refused.status_code == 422
    assert "L’autre." in body(refused)
    assert "Garder celui-ci" in body(refused)
    assert Outgoing.objects.get().text == "Le mien."
    desk.post(f"/webmail/ecrire/{key}/", {**other, "garder": "1"})
    assert Outgoing.objects.get().text == "L’autre."
    assert len(desk.uids("drafts")) == 1

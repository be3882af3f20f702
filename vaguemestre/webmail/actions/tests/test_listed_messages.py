"""What is done to messages of a list, and how it is taken back."""

import re
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client

from vaguemestre.mailbox.errors import MailboxRefusedError, NoSuchFolderError, QuotaExceededError
from vaguemestre.mailbox.imap.messages.keywords import uids_text
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName, Uid
from vaguemestre.testing import letter
from vaguemestre.web.toasts import COOKIE, Toast, say
from vaguemestre.webmail.actions import bulk_actions
from vaguemestre.webmail.actions.flags import FlagUndo
from vaguemestre.webmail.folders import retention
from vaguemestre.webmail.testing.acts import ACTS, UNDO, after, take_back
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_posted_by_their_owner_only(desk: MailBrowser, act: str) -> None:
    url = desk.url(tail=f"{act}/")
    assert desk.get(url).status_code == (302 if act == "suppression" else 405)  # the address of its question
    assert Client().post(url).status_code == 302
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403


@pytest.mark.parametrize(
    ("act", "role"), [("archivage", "archive"), ("suppression", "trash"), ("indesirables", "junk")]
)
def test_messages_move_and_come_back(desk: MailBrowser, act: str, role: str) -> None:
    uids = [desk.put(letter(desk.mail.address, subject=f"N{number}")) for number in range(2)]
    response = desk.post(desk.url(tail=f"{act}/"), {"choix": uids})
    assert response.status_code == 302
    assert desk.uids() == []
    assert len(desk.uids(role)) == 2
    page = body(desk.get(response["Location"]))
    assert "2 messages déplacés vers" in page
    undo = re.search(r'name="fait" value="([^"]+)"', page)
    assert undo
    assert "déplacés" not in body(desk.get(response["Location"]))
    desk.post("/webmail/annulation/", {"fait": undo[1]})
    assert len(desk.uids()) == 2
    assert desk.uids(role) == []


def test_nobody_undoes_what_another_did(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    page = body(desk.get(desk.post(desk.url(tail="suppression/"), {"choix": [uid]})["Location"]))
    undo = re.search(r'name="fait" value="([^"]+)"', page)
    assert undo
    response = neighbour.post("/webmail/annulation/", {"fait": undo[1]})
    assert "trop tard" in body(neighbour.client.get(response["Location"], follow=True))
    assert desk.uids() == []


@pytest.mark.parametrize("word", ["", "x", "a:b:c"])
def test_a_forged_undo_changes_nothing(desk: MailBrowser, word: str) -> None:
    assert desk.post("/webmail/annulation/", {"fait": word}).status_code == 302


def test_moving_to_a_folder_of_ones_choice(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    desk.post(desk.url(tail="deplacement/"), {"choix": [uid], "vers": desk.id("junk")})
    assert len(desk.uids("junk")) == 1


@pytest.mark.parametrize("target", ["", "x", "0" * 32])
def test_moving_nowhere_is_a_404_and_moves_nothing(desk: MailBrowser, target: str) -> None:
    uid = desk.put(letter(desk.mail.address))
    assert desk.post(desk.url(tail="deplacement/"), {"choix": [uid], "vers": target}).status_code == 404
    assert desk.uids() == [uid]


def test_marks_go_on_and_off(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    desk.post(desk.url(tail="lecture/"), {"choix": [uid]})
    desk.post(desk.url(tail="suivi/"), {"choix": [uid]})
    assert desk.flags(uid) >= {SEEN, FLAGGED}
    desk.post(desk.url(tail="lecture/retrait/"), {"choix": [uid]})
    desk.post(desk.url(tail="suivi/retrait/"), {"choix": [uid]})
    assert not desk.flags(uid) & {SEEN, FLAGGED}


@pytest.mark.parametrize(
    ("act", "flag", "on", "said"),
    [
        ("lecture", SEEN, True, "2 messages marqués comme lus"),
        ("lecture/retrait", SEEN, False, "2 messages marqués comme non lus"),
        ("suivi", FLAGGED, True, "2 messages suivis"),
        ("suivi/retrait", FLAGGED, False, "2 messages ne sont plus suivis"),
    ],
)
def test_a_mark_is_taken_back_from_just_those_that_it_changed(
    desk: MailBrowser, act: str, flag: str, on: bool, said: str
) -> None:
    so_already = desk.put(letter(desk.mail.address), flags=(flag,) if on else ())
    others = [desk.put(letter(desk.mail.address), flags=() if on else (flag,)) for _ in range(2)]
    page = after(desk, desk.post(desk.url(tail=f"{act}/"), {"choix": [so_already, *others]}))
    assert said in page.replace("\N{NO-BREAK SPACE}", " ")
    assert {flag in desk.flags(uid) for uid in (so_already, *others)} == {on}
    assert "2 messages remis comme avant" in take_back(desk, page)
    assert (flag in desk.flags(so_already)) == on
    assert {flag in desk.flags(uid) for uid in others} == {not on}


def test_what_was_so_already_is_not_said_to_be_done(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address), flags=(SEEN,))
    assert 'class="toast"' not in after(desk, desk.post(desk.url(tail="lecture/"), {"choix": [uid]}))


def test_a_message_that_left_since_does_not_hinder_the_others(desk: MailBrowser) -> None:
    uids = [desk.put(letter(desk.mail.address)) for _ in range(2)]
    page = after(desk, desk.post(desk.url(tail="suivi/"), {"choix": uids}))
    with desk.session() as session:
        session.delete(desk.id(), [Uid(uids[0])])
    take_back(desk, page)
    assert FLAGGED not in desk.flags(uids[1])


def test_nobody_takes_back_anothers_marks(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    word = re.search(UNDO, after(desk, desk.post(desk.url(tail="suivi/"), {"choix": [uid]})), re.DOTALL)
    assert word
    response = neighbour.client.post(word[1], {"fait": word[2]}, follow=True)
    assert "trop tard" in body(cast(HttpResponse, response))
    assert FLAGGED in desk.flags(uid)
    assert desk.get(word[1]).status_code == 405
    assert Client(enforce_csrf_checks=True).post(word[1]).status_code == 403
    for forged in ("", "x", "a:b:c"):
        assert desk.post(word[1], {"fait": forged}).status_code == 302


def test_the_way_back_of_many_scattered_messages_fits_in_a_cookie(desk: MailBrowser) -> None:
    """As many as are marked while one waits, in a folder that has seen four thousand million messages."""
    uids = [Uid(0xFFFF_FFFF - 7919 * number) for number in range(bulk_actions.IMMEDIATE)]
    done = FlagUndo(desk.mail.key, FLAGGED, put=True, places={desk.id(): uids_text(uids)}, count=len(uids))
    assert done.signed()
    response = HttpResponse()
    say(response, Toast("200 messages suivis", done.signed(), undo_at="webmail:marks-undo"))
    assert len(response.cookies[COOKIE].OutputString()) < 4096


GONE = "Ce message n’est plus là\N{NO-BREAK SPACE}: il a été déplacé ou supprimé ailleurs."


@pytest.mark.parametrize("act", [*ACTS, "etiquettes/?etiquette=$label1"])
def test_of_a_message_that_another_program_took_away_the_act_says_so(desk: MailBrowser, act: str) -> None:
    uid, left = desk.put(letter(desk.mail.address)), desk.put(letter(desk.mail.address, subject="Reste"))
    assert f'id="l{uid}"' in body(desk.get(desk.url()))
    with desk.session() as session:
        session.delete(desk.id(), [Uid(uid)])
    tail = act if "?" in act else f"{act}/"
    page = after(desk, desk.post(desk.url(tail=tail), {"choix": [uid], "vers": desk.id("archive")}))
    assert GONE in page
    assert 'name="fait"' not in page.split('class="toast"')[1]
    assert f'id="l{uid}"' not in page
    assert f'id="l{left}"' in page


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("archivage/", "1 message déplacé vers Archives. 1 n’était plus là."),
        ("suivi/", "1 message suivi. 1 n’était plus là."),
    ],
)
def test_some_that_are_gone_do_not_hinder_the_others(desk: MailBrowser, act: str, said: str) -> None:
    uids = [desk.put(letter(desk.mail.address)) for _ in range(2)]
    with desk.session() as session:
        session.move(desk.id(), [Uid(uids[0])], desk.id("junk"))
    assert said in after(desk, desk.post(desk.url(tail=act), {"choix": uids}))


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (QuotaExceededError(), "La boîte est pleine"),
        (MailboxRefusedError("NOPERM", "Read-only"), "Rien n’a été changé"),
        (NoSuchFolderError(), "n’est plus ici"),
    ],
)
@pytest.mark.parametrize(("act", "command"), [("archivage/", "move"), ("suivi/", "store")])
def test_what_is_refused_leaves_the_list_and_gives_the_reason(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch, act: str, command: str, refusal: MailboxRefusedError, said: str
) -> None:
    """The browser shows the rows again that it had taken away: `optimistic-removal.ts`."""
    uid = desk.put(letter(desk.mail.address))

    def refuse(*_given: object, **_named: object) -> None:
        raise refusal

    monkeypatch.setattr(Session, command, refuse)
    response = desk.post(desk.url(tail=act), {"choix": [uid]}, **HTMX)
    assert response.status_code in {404, 409}
    assert response["HX-Retarget"] == "#panne"
    assert said in body(response)
    assert desk.uids() == [uid]


@pytest.mark.parametrize("choice", [[], ["x"], ["0"], ["999999"]])
def test_choosing_nothing_or_what_is_not_there_is_harmless(desk: MailBrowser, choice: list[str]) -> None:
    uid = desk.put(letter(desk.mail.address))
    for act in ("archivage", "lecture"):
        assert desk.post(desk.url(tail=f"{act}/"), {"choix": choice}).status_code in {302, 404}
    assert desk.uids() == [uid]
    assert SEEN not in desk.flags(uid)


def test_deleting_in_the_bin_asks_first_and_is_for_good(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address), "trash")
    question = desk.post(desk.url("trash", "suppression/"), {"choix": [uid]})
    assert "Supprimer de la corbeille" in body(question)
    assert desk.uids("trash") == [uid]
    desk.post(desk.url("trash", "suppression/definitive/"), {"choix": [uid]})
    assert desk.uids("trash") == []


def test_emptying_the_bin_asks_first(desk: MailBrowser) -> None:
    for _ in range(3):
        desk.put(letter(desk.mail.address), "trash")
    assert "3 messages seront supprimés" in body(desk.get(desk.url("trash", "vidage/")))
    assert len(desk.uids("trash")) == 3
    desk.empty()
    assert desk.uids("trash") == []


def test_what_came_into_the_bin_after_the_question_stays(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address), "trash")
    page = body(desk.get(desk.url("trash", "vidage/")))
    said = dict(re.findall(r'name="(jusque|dedans)" value="([^"]*)"', page))
    late = desk.put(letter(desk.mail.address), "trash")
    response = desk.post(desk.url("trash", "vidage/"), said)
    assert desk.uids("trash") == [late]
    assert "1 message supprimé" in body(desk.get(response["Location"]))


@pytest.mark.parametrize("late", [True, False])
def test_what_went_elsewhere_after_the_question_is_not_said_to_be_deleted(desk: MailBrowser, late: bool) -> None:
    uid = desk.put(letter(desk.mail.address), "trash")
    said = dict(re.findall(r'name="(jusque|dedans)" value="([^"]*)"', body(desk.get(desk.url("trash", "vidage/")))))
    if late:
        desk.put(letter(desk.mail.address), "trash")
    else:
        gone = desk.put(letter(desk.mail.address), "trash")
        desk.post(desk.url("trash", "suppression/definitive/"), {"choix": [gone]})
    desk.post(desk.url("trash", "deplacement/"), {"choix": [uid], "vers": desk.id("archive")})
    desk.get(desk.url())  # takes what that said
    page = body(desk.get(desk.post(desk.url("trash", "vidage/"), said)["Location"]))
    assert "0 message supprimé" not in page
    assert ("» est vide" in page) is not late
    assert len(desk.uids("trash")) == late


@pytest.mark.parametrize("wrong", ["", "0", "x", "9" * 11])
def test_emptying_with_a_number_that_is_none_asks_again(desk: MailBrowser, wrong: str) -> None:
    uid = desk.put(letter(desk.mail.address), "trash")
    said = dict(re.findall(r'name="(jusque|dedans)" value="([^"]*)"', body(desk.get(desk.url("trash", "vidage/")))))
    assert desk.post(desk.url("trash", "vidage/"), {**said, "jusque": wrong}).status_code == 422
    assert desk.uids("trash") == [uid]


@pytest.mark.parametrize("late", ["folder", "message", "nothing was asked"])
def test_a_folder_of_the_bin_that_changed_is_asked_about_again(desk: MailBrowser, late: str) -> None:
    with desk.session() as session:
        inside = session.create(FolderName("Trash/Classe"))
    url = desk.url("trash", "vidage/")
    said = dict(re.findall(r'name="(jusque|dedans)" value="([^"]*)"', body(desk.get(url))))
    with desk.session() as session:
        if late == "folder":
            session.create(FolderName("Trash/Classe/6e"))
        elif late == "message" and inside.id:
            session.append(inside.id, b"Subject: x\r\n\r\nx\r\n")
    response = desk.post(url, {} if late == "nothing was asked" else said)
    assert response.status_code == 422
    assert "a changé entre-temps" in body(response)
    with desk.session() as session:
        assert any("Classe" in one.name for one in session.folders())


def test_the_inbox_cannot_be_emptied(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    assert desk.get(desk.url(tail="vidage/")).status_code == 404
    assert desk.post(desk.url(tail="vidage/")).status_code == 404
    assert desk.uids() == [uid]


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/session/", "javascript:alert(1)", "/webmail/\n"]
)
def test_an_act_only_leads_back_into_the_webmail(desk: MailBrowser, back: str) -> None:
    uid = desk.put(letter(desk.mail.address))
    response = desk.post(desk.url(tail="suivi/"), {"choix": [uid], "retour": back})
    assert response["Location"] == desk.url()


def test_in_an_open_page_the_act_answers_with_its_planes(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    response = desk.client.post(desk.url(tail="archivage/"), {"choix": [uid]}, headers=HTMX, follow=True)
    assert 'id="bureau"' in body(response)
    assert "<html" not in body(response)
    assert "Annuler" in body(response)


def test_what_is_said_to_be_deleted_was_there(desk: MailBrowser) -> None:
    uids = [desk.put(letter(desk.mail.address), "trash") for _ in range(2)]
    url = desk.url("trash", "suppression/definitive/")
    page = after(desk, desk.post(url, {"choix": [*uids, 9999]}))
    assert "2 messages supprimés. 1 n’était plus là." in page
    assert "Ces messages ne sont plus là" in after(desk, desk.post(url, {"choix": uids}))


@pytest.mark.parametrize(("role", "days"), [("junk", 14), ("drafts", 14), ("trash", 0)])
def test_what_nobody_brings_back_is_deleted_for_good(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch, role: str, days: int
) -> None:
    monkeypatch.setattr(retention, "recover_days", lambda: days)
    uid = desk.put(letter(desk.mail.address), role)
    page = after(desk, desk.post(desk.url(role, "suppression/definitive/"), {"choix": [uid]}))
    assert "1 message supprimé définitivement" in page


def test_undoing_puts_back_what_can_be_and_says_what_cannot(desk: MailBrowser) -> None:
    """Results of a search come from several folders: one that was deleted since keeps nothing back of the others."""
    kept, gone = desk.put(letter(desk.mail.address)), desk.put(letter(desk.mail.address), "archive")
    with desk.session() as session:
        folder = session.create(FolderName("Classe"))
        assert folder.id
        [moved] = session.move(desk.id("archive"), [gone], folder.id).values()
    chosen = [f"{folder.id}-{moved}", f"{desk.id()}-{kept}"]
    page = after(desk, desk.post("/webmail/dossiers/recherche/suppression/", {"choix": chosen}))
    with desk.session() as session:
        session.remove(folder.id)
    undo = re.search(r'name="fait" value="([^"]+)"', page)
    assert undo
    said = after(desk, desk.post("/webmail/annulation/", {"fait": undo[1], "retour": desk.url()}))
    assert len(desk.uids()) == 1
    assert "1 message remis" in said
    assert "1 n’était plus là" in said


@pytest.mark.parametrize("act", ["archivage/", "suppression/", "lecture/", "suivi/"])
def test_an_action_on_a_folder_that_is_known_takes_few_round_trips(
    desk: MailBrowser, trips: list[int], act: str
) -> None:
    uids = [desk.put(letter(desk.mail.address)) for _ in range(3)]
    desk.get(desk.url())
    trips.clear()
    desk.post(desk.url(tail=act), {"choix": uids})
    assert sum(trips) <= 2  # what is there, and the action itself

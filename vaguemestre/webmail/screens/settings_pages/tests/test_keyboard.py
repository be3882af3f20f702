"""The page of the keys lists those that there are, and no others; whoever does not want them has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vaguemestre.mailbox.testing.invitation import calendar
from vaguemestre.testing import letter
from vaguemestre.webmail.folders import pane
from vaguemestre.webmail.message_list import list_query
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.reader import message_actions
from vaguemestre.webmail.screens.panes import list_pane
from vaguemestre.webmail.screens.settings_pages import shortcuts
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.invitations import NEXT_YEAR, invited
from vaguemestre.webmail.testing.messages import PIXEL, with_file
from vaguemestre.webmail.testing.pages import body

HOUSE = Path(__file__).parents[5]
TEMPLATES = HOUSE / "vaguemestre" / "webmail" / "templates" / "webmail"
URL = "/webmail/clavier/"
# Pressed by a behaviour of the browser rather than by what bears them, with the words that it knows them by.
BY_BEHAVIOURS = {
    "j": ("lists/list-cursor.ts", "j: 1"), "k": ("lists/list-cursor.ts", "k: -1"),
    "o": ("lists/list-cursor.ts", '"o"'), "x": ("lists/selection.ts", '"x"'),
    "Escape": ("lists/selection.ts", '"Escape"'), "F1": ("shell/help-panel.ts", '"F1"'),
    "ArrowLeft": ("reading/viewer.ts", "data-turn"), "ArrowRight": ("reading/viewer.ts", "data-turn"),
    "PageUp": ("reading/viewer.ts", "data-turn"), "PageDown": ("reading/viewer.ts", "data-turn"),
}  # fmt: skip
OF_THE_BROWSER = {"Enter"}  # on a link that has the focus


def borne() -> set[str]:
    """By what stands on the desk. A snooze menu is told its key."""
    html = "\n".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    said = set(re.findall(r'data-(?:key|or)="([^"{]+)"', html)) | set(re.findall(r' key="([^"]+)"', html))
    made = {*pane.ROLE_KEYS.values(), *list_pane.FILTER_KEYS.values(), *list_pane.OTHER_KEYS.values()}
    assert "{{ filter.key }}" in set(re.findall(r'data-key="([^"]*)"', html))
    return said | made | {list_pane.LABEL_KEY}


def test_what_is_listed_is_what_there_is() -> None:
    listed = [key for group in shortcuts.GROUPS for one in group.shortcuts for key in one.keys]
    assert set(listed) - BY_BEHAVIOURS.keys() - OF_THE_BROWSER == borne() - BY_BEHAVIOURS.keys()
    twice = {key for key in listed if listed.count(key) > 1}
    assert twice == {"j", "k", "Escape", "P", "K"}  # each means another thing in another place, and the page says both
    for name, words in BY_BEHAVIOURS.values():
        assert words in (HOUSE / "client" / "behaviours" / name).read_text("utf-8"), name


def test_those_of_most_days_are_among_them() -> None:
    listed = {key for group in shortcuts.GROUPS for one in group.shortcuts for key in one.keys}
    shown = [key for group in shortcuts.MAIN for one in group.shortcuts for key in one.keys]
    assert set(shown) <= listed
    assert len(shown) == len(set(shown))


def test_over_the_page_they_come_alone_and_the_switch_holds_at_once(desk: MailBrowser) -> None:
    page = body(desk.get(desk.url()))
    assert re.search(rf'data-key="\?" href="{URL}" hx-get="{URL}" hx-target="#clavier"', page)
    assert 'id="clavier"' in page
    sheet = body(desk.get(URL, **HTMX))
    assert sheet.strip().startswith('<dialog class="dialog keys-sheet"')
    assert 'data-behaviour="modal"' in sheet
    assert sheet.count("<dt>") == sum(len(one.shortcuts) for one in (*shortcuts.MAIN, *shortcuts.GROUPS))
    pressed = body(desk.post(URL, {"touches": "non"}, **HTMX))
    assert 'aria-checked="false"' in pressed
    assert 'data-name="keys" data-value="off"' in pressed
    assert "<dialog" not in pressed
    assert 'data-value=""' in body(desk.post(URL, {"touches": "oui"}, **HTMX))


def test_no_key_alone_begins_two() -> None:
    """It would never be heard."""
    every = borne() | BY_BEHAVIOURS.keys()
    assert not {key.split()[0] for key in every if " " in key} & every


def test_what_means_one_message_alone_is_borne_by_its_acts() -> None:
    parts = ("message_menu", "reply_actions", "message_actions")
    html = "".join((TEMPLATES / "reader" / f"{part}.html").read_text("utf-8") for part in parts)
    assert set(message_actions.KEYS.split()) <= set(re.findall(r'data-key="(.)"', html))


def test_they_lie_where_they_are_pressed(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, sender="S <s@x.example>", Message_ID="<k@x.example>"))
    page = body(desk.get(desk.url()))
    for key in ("g i", "g t", "g d", "g #", "t a", "t u", "t s", "R", "g c", "?"):
        assert f'data-key="{key}"' in page, key
    assert 'data-key="n" data-or="c"' in page
    assert 'data-key="t s" data-or="g s"' in page
    assert 'data-key="t o" data-or="t c"' in page
    row = re.search(r'<span class="row-actions".*?</span>', page, re.DOTALL)
    assert row
    assert {"e", "I", "U", "s", "#"} == set(re.findall(r'data-key="(.)"', row[0]))
    reader = body(desk.get(desk.url(tail=f"{uid}/")))
    for key in ("F", "N", "B", "L", "y", "O", "P", "S", "K", ".", "r", "f"):
        assert f'data-key="{key}"' in reader, key


def test_all_that_match_and_the_emptying_which_only_asks(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_query, "PAGE_SIZE", 2)
    for number in range(3):
        desk.put(letter(desk.mail.address, Message_ID=f"<{number}@x.example>"), "junk")
    page = body(desk.get(desk.url("junk")))
    assert re.search(r'<input type="checkbox" name="tout"[^>]* data-key="A">', page)
    [question] = re.findall(r'<a [^>]*href="([^"]*)" data-key="V">', page)
    form = re.search(r'<form class="question".*?</form>', body(desk.get(question)), re.DOTALL)
    assert form
    assert "data-key" not in form[0]
    with desk.session() as session:
        assert len(session.page(desk.id("junk")).rows) == 3


def test_files_and_invitations_bear_keys(desk: MailBrowser) -> None:
    message = with_file("a.png", PIXEL, "image/png")
    message.add_attachment(b"b", "text", "plain", filename="b.txt")
    uid = desk.put(message)
    assert re.search(r'pieces/ensemble/" download data-key="Z"', body(desk.get(desk.url(tail=f"{uid}/"))))
    view = desk.url(tail=f"{uid}/pieces/2/vue/")
    over = body(desk.get(view, **HTMX))
    assert re.findall(r'data-key="(.)"(?: data-or="(.)")?', over) == [
        ("-", ""), ("+", "="), ("0", ""), ("T", ""), ("P", ""), ("K", ""),
    ]  # fmt: skip
    alone = body(desk.get(view))
    assert re.search(r'<main [^>]*data-behaviour="shortcuts"', alone)
    assert 'data-keys="off"' not in alone
    assert re.search(r'href="[^"]*webmail[^"]*\.css"', alone)
    desk.post(URL, {"touches": "non"})
    assert re.search(r'<html[^>]* data-keys="off"', body(desk.get(view)))
    asked = body(desk.get(desk.url(tail=f"{desk.put(invited(calendar(NEXT_YEAR)))}/")))
    assert re.findall(r'value="([\w-]+)" data-key="(C \w)"', asked) == [
        ("oui", "C o"), ("peut-etre", "C p"), ("non", "C n"),
    ]  # fmt: skip


def test_their_page_shows_each(desk: MailBrowser) -> None:
    page = body(desk.get(URL))
    assert "<kbd>g</kbd> puis <kbd>i</kbd>" in page
    assert "<kbd>Suppr</kbd>" in page
    assert page.count("<dt>") == sum(len(group.shortcuts) for group in shortcuts.GROUPS)


def test_turned_off_they_are_off_on_every_screen_of_this_person(desk: MailBrowser, neighbour: MailBrowser) -> None:
    assert 'data-keys="off"' not in body(desk.get(desk.url()))
    response = desk.post(URL, {"touches": "non"})
    assert (response.status_code, response["Location"]) == (302, URL)
    for place in (desk.url(), "/webmail/reglages/", "/contacts/"):
        assert re.search(r'<html[^>]* data-keys="off"', body(desk.get(place))), place
    assert 'data-keys="off"' not in body(neighbour.get(neighbour.url()))
    assert 'value="oui"' in body(desk.get(URL))
    desk.post(URL, {"touches": "oui"})
    assert 'data-keys="off"' not in body(desk.get(desk.url()))


@pytest.mark.parametrize("word", ["", "peut-être"])
def test_a_word_that_is_none_changes_nothing(desk: MailBrowser, word: str) -> None:
    desk.post(URL, {"touches": word})
    assert not Preferences.objects.exists()

"""The keys of the mail, as their page lists them. What they press bears `data-key` or `data-or` in the templates; a
test holds both together. Where Gmail has a key for an act, it is one of ours."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, pgettext_lazy

# What is written on keys without a letter, by their names in the browser.
NAMED: dict[str, Promise | str] = {
    "Escape": pgettext_lazy("a key", "Esc"), "Enter": pgettext_lazy("a key", "Enter"),
    "Delete": pgettext_lazy("a key", "Del"), "ArrowLeft": "←", "ArrowRight": "→",
    "PageUp": pgettext_lazy("a key", "PgUp"), "PageDown": pgettext_lazy("a key", "PgDn"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`keys`: each does it; two of them with a space between are pressed one after the other."""

    keys: tuple[str, ...]
    said: Promise

    @property
    def drawn(self) -> list[list[Promise | str]]:
        return [[NAMED.get(one, one) for one in key.split()] for key in self.keys]


@dataclass(frozen=True, slots=True)
class ShortcutGroup:
    title: Promise
    shortcuts: tuple[Shortcut, ...]
    name: str = ""


# Those that most days need, by what one wants; all of them follow.
MAIN = (
    ShortcutGroup(
        pgettext_lazy("keys", "Go"),
        (
            Shortcut(("j", "k"), _("Next message, message before")),
            Shortcut(("o", "Enter"), pgettext_lazy("keys", "Open")),
            Shortcut(("u",), _("Back to the list")),
            Shortcut(("/",), pgettext_lazy("keys", "Search")),
            Shortcut(("g i",), _("Inbox")),
            Shortcut(("g t",), _("Sent")),
            Shortcut(("F1",), pgettext_lazy("keys", "Help")),
        ),
        "aller",
    ),
    ShortcutGroup(
        pgettext_lazy("keys", "Act"),
        (
            Shortcut(("e",), _("Archive")),
            Shortcut(("#", "Delete"), _("Delete")),
            Shortcut(("b",), _("Later")),
            Shortcut(("v",), pgettext_lazy("keys", "Move")),
            Shortcut(("l",), pgettext_lazy("keys", "Label")),
            Shortcut(("s",), pgettext_lazy("keys", "Star")),
            Shortcut(("U",), pgettext_lazy("keys", "Mark unread")),
            Shortcut(("z",), _("Undo")),
        ),
        "agir",
    ),
    ShortcutGroup(
        _("Write"),
        (
            Shortcut(("n", "c"), _("New letter")),
            Shortcut(("r",), _("Reply")),
            Shortcut(("a",), _("Reply to all")),
            Shortcut(("f",), _("Forward")),
            Shortcut(("Escape",), _("Fold the letter")),
        ),
        "ecrire",
    ),
)
GROUPS = (
    ShortcutGroup(
        _("In the list"),
        (
            Shortcut(("j", "k"), _("Next row, row before, without opening it")),
            Shortcut(("o", "Enter"), _("Open the message of the row")),
            Shortcut(("x",), _("Choose the message of the row; with Shift, all up to it")),
            Shortcut(("*",), _("Choose all the messages shown")),
            Shortcut(("A",), _("Choose all that there are, beyond those shown")),
            Shortcut(("Escape",), _("Choose none")),
            Shortcut(("t a",), _("Show every message")),
            Shortcut(("t u",), _("Unread alone")),
            Shortcut(("t s", "g s"), _("Starred alone")),
            Shortcut(("t p",), _("With attachments alone")),
            Shortcut(("t w",), _("Unanswered alone, among what was sent")),
            Shortcut(("t n", "t m", "t d"), _("In a shared mailbox: to take, mine, done")),
            Shortcut(("t l",), _("The label that was asked for")),
            Shortcut(("t o",), _("Sort")),
            Shortcut(("t c",), _("How the list is arranged")),
            Shortcut(("R",), _("Check for new mail")),
        ),
    ),
    ShortcutGroup(
        _("In a message"),
        (
            Shortcut(("j", "k"), _("Older message, newer message")),
            Shortcut(("u",), _("Back to the list")),
            Shortcut(("Escape",), _("From the open message to its row")),
            Shortcut((";",), _("Unfold the whole conversation")),
            Shortcut(("h",), _("Text only, or the formatted message")),
            Shortcut(("i",), _("Show the images")),
            Shortcut(("P",), _("Print")),
            Shortcut(("O",), _("Open apart")),
            Shortcut(("y",), _("Copy the link")),
            Shortcut(("L",), _("Always file so")),
            Shortcut(("S",), _("Where it comes from")),
            Shortcut(("D",), _("Unsubscribe")),
            Shortcut(("B",), _("Block this sender")),
            Shortcut(("!",), _("Suspicious message")),
            Shortcut(("C o", "C p", "C n"), _("Accept an invitation, answer maybe, decline it")),
            Shortcut(("Z",), _("Save all its attachments in one file")),
        ),
    ),
    ShortcutGroup(
        _("In an attachment"),
        (
            Shortcut(("ArrowLeft", "ArrowRight"), _("Previous attachment, next attachment")),
            Shortcut(("PageUp", "PageDown"), _("Previous page of a scan, next page")),
            Shortcut(("+", "="), _("Larger")),
            Shortcut(("-",), _("Smaller")),
            Shortcut(("0",), _("Whole on the screen")),
            Shortcut(("T",), _("Turn")),
            Shortcut(("P",), _("Print")),
            Shortcut(("K",), _("Save the file")),
            Shortcut(("Escape",), _("Close and go back to the message")),
        ),
    ),
    ShortcutGroup(
        _("File and mark"),
        (
            Shortcut(("e",), _("Archive")),
            Shortcut(("E",), _("Put back, or bring back")),
            Shortcut(("#", "Delete"), _("Delete")),
            Shortcut(("v",), _("Move to a folder")),
            Shortcut(("b",), _("Put off until later")),
            Shortcut(("l",), _("Labels")),
            Shortcut(("s",), _("Star, or remove the star")),
            Shortcut(("p",), _("Pin on top, or unpin")),
            Shortcut(("I", "U"), _("Mark as read, as unread")),
            Shortcut(("J",), _("It is junk, or it is not")),
            Shortcut(("w",), _("Wait no more for an answer")),
            Shortcut(("m", "M", "d", "q"), _("In a shared mailbox: give to somebody, to me, mark done, leave a note")),
            Shortcut(("V",), _("Empty the bin or the junk, once a question is answered")),
            Shortcut(("K",), _("Save the message")),
            Shortcut((".",), _("More acts")),
            Shortcut(("z",), _("Undo")),
        ),
    ),
    ShortcutGroup(
        _("Write"),
        (
            Shortcut(("n", "c"), _("Write a message")),
            Shortcut(("r",), _("Reply")),
            Shortcut(("a",), _("Reply to all")),
            Shortcut(("f",), _("Forward")),
            Shortcut(("F",), _("Forward as an attachment")),
            Shortcut(("N",), _("Edit as new")),
            Shortcut(("Escape",), _("Fold the letter that one is writing")),
        ),
    ),
    ShortcutGroup(
        _("Go to"),
        (
            Shortcut(("/",), _("Search in all folders")),
            Shortcut(("g i",), _("Inbox")),
            Shortcut(("g d",), _("Drafts")),
            Shortcut(("g t",), _("Sent")),
            Shortcut(("g b",), _("Later")),
            Shortcut(("g a",), _("Archives")),
            Shortcut(("g J",), _("Junk")),
            Shortcut(("g #",), _("Bin")),
            Shortcut(("g c",), _("Contacts")),
            Shortcut(("g r",), _("Settings")),
            Shortcut(("F1",), _("Help about where one is")),
            Shortcut(("?",), _("This page")),
        ),
    ),
)

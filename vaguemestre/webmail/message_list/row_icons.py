"""What a row of a list says beside who, what and when: shapes with their words, attributes, weight and number."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _, ngettext, pgettext

from vaguemestre.mailbox.messages import Part, Row
from vaguemestre.web.number_text import octets_text
from vaguemestre.web.templatetags.web import icon
from vaguemestre.webmail.content import file_types

SEEN = 2  # files of a row


@lru_cache(maxsize=16)
def state_icons(unread: bool, starred: bool, pinned: bool, deleted: bool) -> SafeString:
    words = ((unread, " data-unread"), (starred, " data-starred"), (pinned, " data-pinned"), (deleted, " data-deleted"))
    return SafeString("".join(word for holds, word in words if holds))


@lru_cache(maxsize=64)
def lead_icons(draft: bool, returned: bool, _language: str | None) -> SafeString:
    words = [(draft, "row-draft", _("Draft: ")), (returned, "row-back", _("Back: "))]
    return format_html_join("", '<span class="{}">{}</span>', [(css, word) for on, css, word in words if on])


@lru_cache(maxsize=256)
def mark_icons(
    lost: bool, answered: bool, forwarded: bool, clip: bool, starred: bool, deleted: bool, _language: str | None
) -> SafeString:
    """Shapes, each with its word."""
    shapes = [
        (deleted, icon("trash-2", "row-lost"), _("To be deleted")),
        (lost, icon("triangle-alert", "row-lost"), _("Not delivered")),
        (answered, icon("reply"), _("Answered")),
        (forwarded, icon("forward"), _("Forwarded")),
        (clip, icon("paperclip"), _("With attachment")),
        (starred, icon("star", "starred"), pgettext("one message", "Starred")),
    ]
    drawn = [(shape, word) for on, shape, word in shapes if on]
    return format_html_join("", '{}<span class="visually-hidden">, {}</span>', drawn)


def size_text(row: Row) -> SafeString:
    return _size(row.size, get_language())


def file_thumbs(files: Sequence[Part], spot: Callable[[Part], str]) -> SafeString:
    """What is attached: its pictures, as far as a row has room for them, else its kind in a word, or how many they are.
    `spot`: where one is shown small; empty: nowhere."""
    number = ngettext("%s file", "%s files", len(files)) % len(files)
    said = f"{_('With attachment')}\N{NO-BREAK SPACE}: {files[0].download_name if len(files) == 1 else number}"
    spoken = f'<span class="visually-hidden">, {escape(said)}</span>'
    if pictures := [url for url in map(spot, files) if url][:SEEN]:
        left = len(files) - len(pictures)
        more = f'<span class="thumb-more" aria-hidden="true">+{left}</span>' if left else ""
        return SafeString(f'<span class="row-thumbs">{spoken}{"".join(map(_thumb, pictures))}{more}</span>')
    word = file_types.kind_text(file_types.file_kind(files[0])) if len(files) == 1 else number
    return SafeString(
        f'<span class="row-kind">{icon("paperclip")}{spoken}<span aria-hidden="true">{escape(word)}</span></span>'
    )


def _thumb(url: str) -> str:
    """A sheet lies behind the picture: what cannot be shown is a clear one."""
    sizes = 'width="36" height="27" loading="lazy" decoding="async"'
    picture = f'<img src="{escape(url)}" alt="" {sizes} data-behaviour="thumbnail">'
    return f'<span class="thumb" aria-hidden="true">{picture}</span>'


@lru_cache(maxsize=256)
def count_text(messages: int, _language: str | None = None) -> SafeString:
    if messages == 1:
        return SafeString("")
    words = f"\N{NO-BREAK SPACE}{ngettext('message', 'messages', messages)}"
    return format_html(' <span class="row-size">{}<span class="visually-hidden">{}</span></span>', messages, words)


def hour_text(words: str) -> SafeString:
    return format_html('<span class="row-hour">{}{}</span>', icon("alarm-clock"), words)


@lru_cache(maxsize=4096)
def _size(octets: int, _language: str | None) -> SafeString:
    return format_html('<span class="row-weight">{}</span>', octets_text(octets))

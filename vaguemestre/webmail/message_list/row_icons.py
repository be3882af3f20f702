"""What a row of a list says beside who, what and when: shapes with their words, attributes, weight and number."""

from collections.abc import Callable, Sequence
from functools import lru_cache

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


def lead_icons(unread: bool, draft: bool, returned: bool) -> SafeString:
    words = [
        (unread, "visually-hidden", _("Unread: ")),
        (draft, "row-draft", _("Draft: ")),
        (returned, "row-back", _("Back: ")),
    ]
    return format_html_join("", '<span class="{}">{}</span>', [(css, word) for on, css, word in words if on])


def mark_icons(lost: bool, answered: bool, forwarded: bool, clip: bool, starred: bool, deleted: bool) -> SafeString:
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
    return format_html_join("", '{}<span class="visually-hidden">{}</span>', drawn)


def size_text(row: Row) -> SafeString:
    return _size(row.size, get_language())


def file_thumbs(files: Sequence[Part], spot: Callable[[Part], str]) -> SafeString:
    """What is attached, as far as a row has room for it. `spot`: where a photograph is shown small; empty: nowhere."""
    drawn = ((_thumb(one, spot(one) if file_types.is_photograph(one) else ""),) for one in files[:SEEN])
    shown = format_html_join("", "{}", drawn)
    more = format_html('<span class="thumb-more">+{}</span>', len(files) - SEEN) if len(files) > SEEN else ""
    words = files[0].download_name if len(files) == 1 else ngettext("%s file", "%s files", len(files)) % len(files)
    said = _("With attachment")
    return format_html(
        '<span class="row-thumbs"><span class="visually-hidden">{}\u00a0: {}</span>{}{}</span>',
        said,
        words,
        shown,
        more,
    )


def _thumb(part: Part, url: str) -> SafeString:
    """The kind lies behind the picture: what cannot be shown is a clear one."""
    picture = format_html(
        '<img src="{}" alt="" width="36" height="27" loading="lazy" decoding="async" data-behaviour="thumbnail">', url
    )
    return format_html(
        '<span class="thumb" data-kind="{}" aria-hidden="true"><i>{}</i>{}</span>',
        file_types.file_kind(part),
        file_types.short_kind(part),
        picture if url else "",
    )


@lru_cache(maxsize=256)
def count_text(messages: int, _language: str | None = None) -> SafeString:
    if messages == 1:
        return SafeString("")
    words = ngettext("message", "messages", messages)
    return format_html(' <span class="row-size">{}<span class="visually-hidden"> {}</span></span>', messages, words)


def hour_text(words: str) -> SafeString:
    return format_html('<span class="row-hour">{}{}</span>', icon("alarm-clock"), words)


@lru_cache(maxsize=4096)
def _size(octets: int, _language: str | None) -> SafeString:
    return format_html('<span class="row-weight">{}</span>', octets_text(octets))

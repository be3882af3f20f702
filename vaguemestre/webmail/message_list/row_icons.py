"""What a row of a list says beside who, what and when: shapes with their words, attributes, weight and number."""

from functools import lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _, ngettext, pgettext

from vaguemestre.mailbox.messages import Row
from vaguemestre.web.number_text import octets_text
from vaguemestre.web.templatetags.web import icon


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

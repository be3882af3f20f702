"""Tags that every template has: icons, dates and sizes in words, fields, notices."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from vaguemestre.academy.facts import academy
from vaguemestre.web import branding, date_text, french_words, number_text
from vaguemestre.web.fragment_cache import FragmentName, filled, fragments, hole, split_at_holes
from vaguemestre.web.native_control import EMPTY, native_control
from vaguemestre.web.navigation import Navigation, navigation
from vaguemestre.web.storage import sprite_of

register = template.Library()
Tone = Literal["", "good", "warn", "bad"]
NOTICE_ICONS = {"": "info", "good": "circle-check", "warn": "triangle-alert", "bad": "octagon-alert"}


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One shape of the sprite (client/icons.json lists them), silent: the words beside it speak."""
    return shape(name, f"icon {css}".strip())


@register.simple_tag
def logo() -> SafeString:
    """The authority's own, or ours; silent: the name stands beside it."""
    if academy().brand.logo:
        return format_html('<img class="logo" src="{}" alt="" width="32" height="32">', branding.logo_url())
    return shape("logo", "logo")


@register.simple_tag
def logo_url() -> str:
    return branding.logo_url()


@register.simple_tag
def icon_url(name: str) -> str:
    return branding.icon_url(name)


@register.simple_tag
def shape(name: str, css: str) -> SafeString:
    """The logo and the seal, drawn in two colours that the stylesheet gives."""
    return _drawing(staticfiles_storage.url(sprite_of(name, settings.STATIC_ROOT)), name, css)


@lru_cache(maxsize=500)
def _drawing(sprite: str, name: str, css: str) -> SafeString:
    """A page of the list draws forty."""
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css, sprite, name)


@register.simple_tag(takes_context=True, name="navigation")
def navigation_of(context: Context, section: str = "") -> Navigation:
    """`{% navigation section as house %}`: the rooms that open to this person, and where they are."""
    return navigation(context["request"], section)


@register.simple_tag(takes_context=True)
def room_row(context: Context, section: str) -> SafeString:
    """The rooms alone, for the head of a column; also as the value of a hole in a fragment."""
    return SafeString(render_to_string("web/room-row.html", {"house": navigation(context["request"], section)}))


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime, css: str = "", stop: str = "") -> SafeString:
    """A moment in words, the exact one in `datetime` and in the tooltip. `now` of the context, else the clock's.
    `stop` ends a sentence: a shortened month has its own."""
    words = date_text.relative_date_text(moment, context.get("now") or timezone.now())
    return format_html(
        '<time{} datetime="{}" title="{}">{}</time>{}',
        format_html(' class="{}"', css) if css else "",
        timezone.localtime(moment).isoformat(timespec="seconds"),
        date_text.full_date_text(moment),
        words,
        "" if words.endswith(".") else stop,
    )


@register.filter
def clock_time(moment: datetime) -> str:
    return date_text.clock_time(moment)


@register.filter(expects_localtime=True)
def full_date(day: date) -> str:
    """Of a day, or of a moment: Django has made it one of here."""
    return date_text.full_date(day)


@register.simple_tag(name="bytes")
def bytes_(count: int) -> str:
    return number_text.octets_text(count)


@register.filter
def grouped(number: int) -> str:
    return number_text.number_text(number)


@register.simple_tag(name="french")
def in_french() -> SafeString:
    """`<p{% french %}>…</p>`: the language of words that are French on every page, as the authority's own (RGAA 8.7).
    Nothing on a page in French."""
    return SafeString("" if french_words.page_is_french() else ' lang="fr"')


@register.filter
def french(text: object) -> object:
    """The same for words inside a sentence."""
    return french_words.french(text)


@register.filter
def possessive(name: str) -> str:
    return french_words.possessive(name)


@register.filter
def tel(phone: str) -> str:
    """The address that dials a French number written in pairs."""
    digits = "".join(filter(str.isdigit, phone))
    return f"tel:+33{digits[1:]}"


@register.inclusion_tag("web/field.html")
def field(bound: BoundField, css: str = "", *, focus: bool = False, told: str = "") -> dict[str, Any]:
    """Label, control, hint and error of one form field, tied together for those who listen to the page. `focus`: what a
    page without anything else to do begins with. `told`: the anchor of the notice above that is about it."""
    secret = bound.widget_type == "password"
    attrs: dict[str, Any] = {"class": f"input {css}".strip()} | ({"autofocus": True} if focus else {})
    own = bound.field.widget.attrs.get("aria-describedby", "")
    if told or own:  # Django ties error and hint only to a control that is tied to nothing else
        error = f"{bound.id_for_label}_error" if bound.errors else ""
        hint = f"{bound.id_for_label}_helptext" if bound.help_text else ""
        attrs["aria-describedby"] = " ".join(filter(None, [told, own, error, hint]))
    if told:
        attrs["aria-invalid"] = "true"
    elif bound.field.required and not bound.errors and "aria-invalid" not in bound.field.widget.attrs:
        attrs["aria-invalid"] = "false"  # else Firefox tells screen readers that it is wrong before anything is typed
    control = bound.as_widget(attrs=attrs)
    kind = getattr(bound.field.widget, "input_type", "")
    if kind == "file" and getattr(bound.field.widget, "allow_multiple_selected", False):
        kind = "files"
    return {"field": bound, "secret": secret, "control": native_control(kind, control) if kind in EMPTY else control}


@register.simple_block_tag
def native(content: SafeString, kind: str) -> SafeString:
    """Around an `<input>` of a date, an hour or a file that is no form field's."""
    return native_control(kind, content)


@register.simple_block_tag
def notice(content: str, tone: Tone = "", role: str = "", anchor: str = "") -> SafeString:
    """A fact first, then what to do. `role="alert"` when it answers a form; `anchor`: for the field it is about."""
    return format_html(
        '<div class="notice{}"{}{}>{}<div class="notice-text">{}</div></div>',
        f" notice-{tone}" if tone else "",
        format_html(' id="{}"', anchor) if anchor else "",
        format_html(' role="{}"', role) if role else "",
        icon(NOTICE_ICONS[tone]),
        content,
    )


class FragmentNode(Node):
    child_nodelists = ("nodelist",)

    def __init__(self, part: str, key: FilterExpression, holes: list[str], nodelist: NodeList) -> None:
        self.part = part
        self.key = key
        self.holes = {word: SafeString(hole(number)) for number, word in enumerate(holes)}
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        key = self.key.resolve(context)
        if not key:
            return self.nodelist.render(context)
        name = FragmentName(self.part, get_language(), key)
        pieces = fragments.get(name)
        if pieces is None:
            with context.push(**self.holes):
                pieces = split_at_holes(self.nodelist.render(context))
            fragments.put(name, pieces)
        return SafeString(filled(pieces, [conditional_escape(str(context.get(word, ""))) for word in self.holes]))


@register.tag
def fragment(parser: Parser, token: Token) -> FragmentNode:
    """`{% fragment "list" desk.list_key csrf_token here %}…{% endfragment %}`: drawn once for each key, but for the
    variables that are named after it, which are filled in each time. An empty key keeps nothing
    (`web/fragment_cache.py`)."""
    _tag, part, key, *holes = token.split_contents()
    nodelist = parser.parse(("endfragment",))
    parser.delete_first_token()
    return FragmentNode(part.strip('"'), parser.compile_filter(key), holes, nodelist)

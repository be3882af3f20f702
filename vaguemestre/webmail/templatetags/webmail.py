"""What only the webmail's templates need."""

from django import template
from django.utils.safestring import SafeString

from vaguemestre.webmail import listing, presets
from vaguemestre.webmail.screen import Desk

register = template.Library()


@register.filter
def opened(drawn: SafeString, desk: Desk) -> SafeString:
    """A list that was drawn for nobody in particular, beside what is open: its row marked, its heading a second one."""
    if desk.list and desk.list.open:
        drawn = listing.opened(drawn, desk.list.open_url)
    return listing.second(drawn) if desk.view == "reader" or desk.beside else drawn


@register.filter
def locked(preference: str) -> str:
    """Why nobody changes it; empty when everybody may."""
    return presets.locks().get(preference, "")


@register.filter
def preset(preference: str) -> object:
    """What the authority has said of it for whoever has not chosen; empty when nothing."""
    return next((one.value for one in presets.all_of_them() if one.name == preference), "")

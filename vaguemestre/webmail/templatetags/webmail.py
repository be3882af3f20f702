"""What only the webmail's templates need."""

from django import template
from django.utils.safestring import SafeString

from vaguemestre.webmail import listing, presets
from vaguemestre.webmail.list_view import ListView

register = template.Library()


@register.filter
def opened(drawn: SafeString, shown: ListView | None) -> SafeString:
    """A list that was drawn for nobody in particular, with the row of the open message marked in it."""
    return listing.opened(drawn, shown.open_url) if shown and shown.open else drawn


@register.filter
def locked(preference: str) -> str:
    """Why nobody changes it; empty when everybody may."""
    return presets.locks().get(preference, "")


@register.filter
def preset(preference: str) -> object:
    """What the authority has said of it for whoever has not chosen; empty when nothing."""
    return next((one.value for one in presets.all_of_them() if one.name == preference), "")

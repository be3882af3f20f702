"""What only the webmail's templates need."""

from django import template
from django.utils.safestring import SafeString

from vaguemestre.webmail.message_list import rows
from vaguemestre.webmail.preferences import authority_defaults
from vaguemestre.webmail.screens.panes.page import ThreePanePage

register = template.Library()


@register.filter
def opened(drawn: SafeString, desk: ThreePanePage) -> SafeString:
    """Rows that were drawn whichever is open, beside what is: its row marked."""
    return rows.with_opened_row(drawn, desk.list.open_url if desk.list else "")


@register.filter
def locked(preference: str) -> str:
    """Why nobody changes it; empty when everybody may."""
    return authority_defaults.locks().get(preference, "")


@register.filter
def preset(preference: str) -> object:
    """What the authority has said of it for whoever has not chosen; empty when nothing."""
    return next((one.value for one in authority_defaults.all_defaults() if one.name == preference), "")

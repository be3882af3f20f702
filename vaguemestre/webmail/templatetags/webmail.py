"""What only the webmail's templates need."""

from django import template
from django.utils.safestring import SafeString

from vaguemestre.webmail.message_list import rows
from vaguemestre.webmail.panes.page import ThreePanePage
from vaguemestre.webmail.preferences import authority_defaults

register = template.Library()


@register.filter
def opened(drawn: SafeString, desk: ThreePanePage) -> SafeString:
    """A list that was drawn for nobody in particular, beside what is open: its row marked, its heading a second one."""
    if desk.list and desk.list.open:
        drawn = rows.with_opened_row(drawn, desk.list.open_url)
    return rows.with_second_heading(drawn) if desk.view == "reader" or desk.beside else drawn


@register.filter
def locked(preference: str) -> str:
    """Why nobody changes it; empty when everybody may."""
    return authority_defaults.locks().get(preference, "")


@register.filter
def preset(preference: str) -> object:
    """What the authority has said of it for whoever has not chosen; empty when nothing."""
    return next((one.value for one in authority_defaults.all_defaults() if one.name == preference), "")

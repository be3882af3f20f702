"""The page to which a form leads back."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def return_url(request: HttpRequest, default: str) -> str:
    """The page the person came from, if it is one of the webmail's."""
    wanted = request.POST.get("retour", "") or request.GET.get("retour", "")
    inside = (
        wanted.startswith("/webmail/")
        and wanted.isprintable()
        and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    )
    return wanted if inside else default

"""The page to which a form leads back."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def return_url(request: HttpRequest, default: str) -> str:
    """The page the person came from, if it is one of the webmail's."""
    wanted = request.POST.get("retour", "") or request.GET.get("retour", "")
    return wanted if is_inside(wanted) else default


def is_inside(address: str) -> bool:
    """Whether it is of a page of the webmail, and nothing else."""
    return (
        address.startswith("/webmail/")
        and address.isprintable()
        and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    )

"""Where to go after signing in: a page of this site, or the portal's home."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 2000


def wanted_page(request: HttpRequest) -> str:
    """What `next` asks for when it stays on this site, whatever the trick; else an empty string."""
    return on_this_site(request.POST.get("next") or request.GET.get("next") or "")


def on_this_site(wanted: str) -> str:
    """The same address when it is one of ours, else an empty string."""
    ours = wanted.startswith("/") and len(wanted) <= LONGEST
    safe = ours and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=True)
    return wanted if safe else ""


def after_signin(request: HttpRequest) -> str:
    return wanted_page(request) or reverse("portal:home")

"""The seam with htmx 4. It says in `HX-Request-Type` whether it will place a whole page or a part of one."""

from urllib.parse import SplitResult, urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

WHOSE = "X-Whose"  # a page of a signed-in person says whose it is, in a word that names nobody (`web/base.html`)
SESSION_ENDED = "session-ended"  # the event on which such a page asks its person to sign in again, in place


def is_htmx(request: HttpRequest) -> bool:
    """True when the answer is placed inside the page that is shown: render a partial, never a whole document."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Request-Type") != "full"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def shown_page(request: HttpRequest) -> str:
    """Path and query of the page from which this is asked, as the browser says; nothing where it says nonsense."""
    parts = split_address(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def split_address(said: str) -> SplitResult:
    """Of a header, in which anybody may write anything; an empty one when it is no address."""
    try:
        return urlsplit(said)
    except ValueError:
        return SplitResult("", "", "", "", "")


def go_to(url: str) -> HttpResponse:
    """htmx follows an ordinary redirect by itself and would place the page it finds in the target: this leaves it."""
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        raise ValueError("only a path of this site")
    return HttpResponse(status=200, headers={"HX-Redirect": url})


def ask_to_sign_in(status: int) -> HttpResponse:
    """The open page stays as it is, with what is being written on it; a dialog comes over it."""
    return HttpResponse(status=status, headers={"HX-Trigger": SESSION_ENDED, "HX-Reswap": "none"})

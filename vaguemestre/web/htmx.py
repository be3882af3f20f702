"""The seam with htmx 4. It says in `HX-Request-Type` whether it will place a whole page or a part of one."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme


def is_htmx(request: HttpRequest) -> bool:
    """True when the answer is placed inside the page that is shown: render a partial, never a whole document."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Request-Type") != "full"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def go_to(url: str) -> HttpResponse:
    """htmx follows an ordinary redirect by itself and would place the page it finds in the target: this leaves it."""
    if not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        raise ValueError("only a path of this site")
    return HttpResponse(status=200, headers={"HX-Redirect": url})

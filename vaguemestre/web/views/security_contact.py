"""Whom to tell of a weakness: `/.well-known/security.txt` (RFC 9116). What is not known is not said."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.academy.facts import academy

GOOD_FOR = timedelta(days=90)  # read again after that; a year at most, says the RFC


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    return HttpResponse(contact_text(request.path, timezone.now()), content_type="text/plain; charset=utf-8")


def contact_text(path: str, now: datetime) -> str:
    """Mail for that name always goes to somebody: to the administrators, or into a mailbox of its own."""
    lines = [
        f"Contact: mailto:security@{academy().domain}",
        f"Expires: {now + GOOD_FOR:%Y-%m-%dT00:00:00Z}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.ORIGIN}{path}",
    ]
    return "".join(f"{line}\n" for line in lines)

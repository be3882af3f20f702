"""An answer that says how long to wait (RFC 9110, Retry-After)."""

from datetime import timedelta

from django.http import HttpResponse


def with_retry_after(response: HttpResponse, wait: timedelta) -> HttpResponse:
    response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response

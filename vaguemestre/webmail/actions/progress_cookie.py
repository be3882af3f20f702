"""A browser that has something under way says so, so that every other page costs no query for it."""

from django.http import HttpRequest, HttpResponseBase

from vaguemestre.webmail.actions.bulk_actions import KEPT

COOKIE = "__Host-travaux"


def remember(response: HttpResponseBase) -> None:
    response.set_cookie(
        COOKIE, "1", max_age=int(KEPT.total_seconds()), secure=True, httponly=True, samesite="Lax", path="/"
    )


def has_any(request: HttpRequest) -> bool:
    return COOKIE in request.COOKIES


def forget(response: HttpResponseBase) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")

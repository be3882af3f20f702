from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import get_language

from vaguemestre.web.middleware import caching, language


def request_of(account: object | None, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/", headers=headers)
    request.account = account  # type: ignore[attr-defined]  # set by the session of accounts
    return request


def in_language(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_language())


def test_a_browser_s_own_language_is_not_asked() -> None:
    response = language(in_language)(request_of(None, accept_language="en-GB,en"))
    assert response.headers["Content-Language"] == "fr"


def test_a_person_s_choice_is_kept_and_does_not_outlive_the_request() -> None:
    response = language(in_language)(request_of(SimpleNamespace(language="en")))
    assert isinstance(response, HttpResponse)
    assert response.content == b"en"
    assert get_language() == "fr"


def test_an_unknown_choice_is_french() -> None:
    response = language(in_language)(request_of(SimpleNamespace(language="xx")))
    assert response.headers["Content-Language"] == "fr"


def test_nothing_of_a_signed_in_person_is_kept() -> None:
    answer = caching(lambda _request: HttpResponse())
    assert answer(request_of(SimpleNamespace())).headers["Cache-Control"] == "no-store"
    assert answer(request_of(None)).headers["Cache-Control"] == "no-cache"


def test_a_view_that_knows_better_is_heard() -> None:
    response = caching(lambda _request: HttpResponse(headers={"Cache-Control": "private, max-age=60"}))
    assert response(request_of(SimpleNamespace())).headers["Cache-Control"] == "private, max-age=60"

from django.http import HttpResponse
from django.test import RequestFactory

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in


@signed_in
def act(request: StaffRequest, folder: str) -> HttpResponse:
    return HttpResponse(f"{request.account.key} {folder}")


def test_an_act_that_was_refused_is_not_repeated_after_signing_in() -> None:
    response = act(RequestFactory().post("/webmail/d/1/vider/"), folder="1")
    assert response.headers["Location"] == "/session/"


def test_an_address_that_is_none_is_ignored() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://[x/"}
    response = act(RequestFactory().get("/webmail/d/1/lignes/", headers=headers), folder="1")
    assert response.headers["HX-Redirect"] == "/session/"


def test_htmx_comes_back_to_the_page_not_to_the_fragment() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://localhost/webmail/?page=2"}
    response = act(RequestFactory().get("/webmail/d/1/lignes/", headers=headers), folder="1")
    assert response.headers["HX-Redirect"] == "/session/?next=%2Fwebmail%2F%3Fpage%3D2"

import re

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from vaguemestre.maintenance import state as maintenance_state
from vaguemestre.web.error_reference import new_reference
from vaguemestre.web.views import errors

REFERENCE = re.compile(r"[A-Z2-9]{4}-[2-9]{2}")


def request_of(method: str = "GET", **headers: str) -> HttpRequest:
    return RequestFactory().generic(method, "/webmail/ecrire/?x=1", headers=headers)


def test_a_reference_is_read_aloud_without_a_doubt() -> None:
    references = {new_reference() for _ in range(500)}
    assert all(REFERENCE.fullmatch(reference) for reference in references)
    assert not set("".join(references)) & set("01OI")
    assert len(references) > 450


def test_a_lost_page_says_what_to_do_and_whom_to_call(client: Client) -> None:
    response = client.get("/nulle-part/")
    text = response.content.decode()
    assert response.status_code == 404
    assert "n’habite pas à l’adresse indiquée" in text
    assert 'href="tel:+33322712500"' in text
    assert "/portail/" in text
    assert "/bv/" in text


def test_the_reference_on_the_page_is_the_one_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    response = answer(errors.server_error(request_of()))
    (said,) = set(REFERENCE.findall(response))
    assert f"reference {said}: 500 GET /webmail/ecrire/" in caplog.text
    assert "x=1" not in caplog.text  # what follows the question mark may be personal


def test_an_incident_of_ours_offers_the_same_page_again() -> None:
    page = answer(errors.server_error(request_of()))
    assert 'href="/webmail/ecrire/"' in page
    assert "x=1" not in page  # no more than the log: a reset link has its token there


def test_a_form_that_failed_offers_its_own_page_again() -> None:
    page = answer(errors.csrf_failure(request_of("POST", referer="http://testserver/session/", host="testserver")))
    assert 'href="/session/"' in page
    elsewhere = answer(errors.csrf_failure(request_of("POST", referer="http://x.example/trap/", host="testserver")))
    assert "/trap/" not in elsewhere


def test_a_page_of_an_address_that_is_none_is_not_offered_again() -> None:
    page = answer(errors.csrf_failure(request_of("POST", referer="https://[x/", host="testserver")))
    assert "[x" not in page


def test_htmx_receives_a_fragment() -> None:
    request = request_of(HX_Request="true")
    text = answer(errors.not_found(request, KeyError("x")))
    assert "<html" not in text
    assert 'role="alert"' in text
    assert REFERENCE.search(text)


def answer(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture(autouse=True)
def _french() -> None:
    translation.activate("fr")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("the disk is full"), 503, "ne peut pas répondre à l’instant"),
        (InterfaceError("connection closed"), 503, "ne peut pas répondre à l’instant"),
        (ProgrammingError("the disk is none"), 500, "Un pli s’est égaré chez nous"),
    ],
    ids=["away", "closed", "fault"],
)
def test_a_database_that_fails_leaves_a_page_to_read(
    client: Client, db: None, error: Exception, status: int, words: str
) -> None:
    """Which asks nothing more of it."""
    tries = []

    def fail(*_arguments: object) -> None:
        tries.append(1)
        raise error

    client.raise_request_exception = False
    client.cookies["__Host-session"] = "somebody"
    maintenance_state.forget()
    with connection.execute_wrapper(fail):
        response = client.get("/portail/")
    maintenance_state.suppose_nothing()
    text = response.content.decode()
    assert response.status_code == status
    assert words in text
    assert "disk" not in text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert len(tries) == 1

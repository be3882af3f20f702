"""One id on all that is logged for a request."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from vaguemestre.web.middleware import MAIL_SESSIONS, tracing
from vaguemestre.web.monitoring import request_trace
from vaguemestre.web.monitoring.log_format import JsonFormatter, LineFormatter

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO, logging.Handler]]:
    stream = io.StringIO()
    handler, logger = logging.StreamHandler(stream), logging.getLogger("vaguemestre.trial")
    logger.addHandler(handler)
    yield logger, stream, handler
    logger.removeHandler(handler)


def test_a_line_bears_the_id_and_is_in_utc(written: tuple[logging.Logger, io.StringIO, logging.Handler]) -> None:
    logger, stream, handler = written
    handler.setFormatter(LineFormatter())
    logger.warning("before")
    with request_trace.following(ID):
        logger.warning("taken as %s", "4jdFNq18WMz1vJGb")
    before, inside = stream.getvalue().splitlines()
    assert before.endswith("Z WARNING vaguemestre.trial before")
    assert inside.endswith(f"Z WARNING vaguemestre.trial [{ID}] taken as 4jdFNq18WMz1vJGb")


def test_json_is_an_object_a_line(written: tuple[logging.Logger, io.StringIO, logging.Handler]) -> None:
    logger, stream, handler = written
    handler.setFormatter(JsonFormatter())
    with request_trace.following(ID):
        try:
            raise ValueError("é\n")
        except ValueError:
            logger.exception("failed")
    [line] = stream.getvalue().splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["request"], told["message"]) == (
        "ERROR", "vaguemestre.trial", ID, "failed",
    )  # fmt: skip
    assert told["time"].endswith("Z")
    assert "ValueError: é" in told["exception"]


@pytest.mark.parametrize("told", ["", "x", f"{ID}\n", ID.upper(), ID + ID])
def test_what_is_no_id_becomes_a_new_one(told: str) -> None:
    with request_trace.following(told) as trace:
        assert len(trace.id) == request_trace.LENGTH
        assert trace.id != told
        assert request_trace.current_id() == trace.id
    assert request_trace.current_id() == ""


def test_sessions_at_dovecot_are_told_to_nginx() -> None:
    def answer(_request: HttpRequest) -> HttpResponse:
        with request_trace.following(request_trace.current_id()):
            request_trace.note_imap_session("s5QKroJhAAAAAAAA")
        return HttpResponse(request_trace.current_id())

    response = tracing(answer)(RequestFactory().get("/", headers={"X-Request-ID": ID}))
    assert isinstance(response, HttpResponse)
    assert response.content.decode() == ID
    assert response.headers[MAIL_SESSIONS] == "s5QKroJhAAAAAAAA"


def test_the_reference_on_an_error_page_stands_beside_the_id(client: Client, db: None) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    logger = logging.getLogger("vaguemestre.web.views.errors")
    logger.addHandler(handler)
    try:
        page = client.get("/rien/ici/", headers={"X-Request-ID": ID}).content.decode()
    finally:
        logger.removeHandler(handler)
    [line] = [line for line in stream.getvalue().splitlines() if "reference" in line]
    reference = line.partition("reference ")[2].partition(":")[0]
    assert f"[{ID}]" in line
    assert reference in page

"""Which message: from a file, or typed, or reported. What is too wide or says nothing is refused with the reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from vaguemestre.withdrawals.forms import SearchForm, criteria_of_report
from vaguemestre.withdrawals.reports import ReportedMessage

USUAL = {"scope": "one", "days": "7", "reason": "hameçonnage"}
HEAD = (
    b"Received: from x\r\nFrom: =?utf-8?q?Aide_=3Caide=40ac-amiens=2Efr=3E?= <aide@voleur.example>\r\n"
    b"Subject: =?utf-8?q?Bo=C3=AEte?=\r\n =?utf-8?q?_pleine?=\r\nMessage-ID:\r\n <piege@voleur.example>\r\n\r\n"
    b"Message-ID: <autre@voleur.example>\r\n"
)


def form(file: bytes | None = None, **facts: str) -> SearchForm:
    files: MultiValueDict[str, UploadedFile[Any]] | None = None
    if file is not None:
        files = MultiValueDict({"file": [SimpleUploadedFile("x.eml", file)]})
    return SearchForm({**USUAL, **facts}, files)


def test_the_file_says_all_of_it() -> None:
    found = form(HEAD)
    assert found.is_valid(), found.errors
    criteria = found.criteria(timezone.now())
    assert (criteria.message_id, criteria.sender, criteria.subject) == (
        "<piege@voleur.example>", "aide@voleur.example", "Boîte pleine",
    )  # fmt: skip
    assert not criteria.alike


@pytest.mark.parametrize("typed", ["piege@voleur.example", "<piege@voleur.example>", "  <piege@voleur.example> "])
def test_brackets_may_be_left_out(typed: str) -> None:
    found = form(message_id=typed)
    assert found.is_valid(), found.errors
    assert found.criteria(timezone.now()).message_id == "<piege@voleur.example>"


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({}, "message_id"),
        ({"message_id": "<un@x> <deux@x>"}, "message_id"),
        ({"message_id": "deux mots"}, "message_id"),
        ({"scope": "alike", "sender": "voleur.example", "subject": "Boîte"}, "sender"),
        ({"scope": "alike", "sender": "aide@voleur.example"}, "subject"),
        ({"message_id": "<x@y>", "reason": ""}, "reason"),
        ({"message_id": "<x@y>", "days": "4000"}, "days"),
    ],
)
def test_what_says_too_little_is_refused(facts: dict[str, Any], wrong: str) -> None:
    found = form(**facts)
    assert not found.is_valid()
    assert list(found.errors) == [wrong]


@pytest.mark.parametrize("file", [b"", b"\x00\xff\xfe", b"PK\x03\x04 no header", b"\r\n\r\nMessage-ID: <x@y>\r\n" * 3])
def test_a_file_that_is_no_message_finds_nothing(file: bytes) -> None:
    found = form(file or b" ")
    assert found.is_valid() is (b"<x@y>" in file)


def test_a_campaign() -> None:
    found = form(scope="alike", sender="Aide <aide@voleur.example>", subject="Boîte pleine")
    assert found.is_valid(), found.errors
    now = timezone.now()
    criteria = found.criteria(now)
    assert (criteria.alike, criteria.sender, criteria.since) == (True, "aide@voleur.example", now - timedelta(days=7))


@pytest.mark.parametrize(("age", "days"), [(0, 3), (2, 7), (20, 31), (400, 92)])
def test_a_report_fills_it_in(age: int, days: int) -> None:
    now = timezone.now()
    told = ReportedMessage("0" * 32, "", "aide@voleur.example", "Boîte", now - timedelta(days=age), 1, now, now)
    assert criteria_of_report(told, now)["days"] == days
    assert criteria_of_report(told, now)["scope"] == "alike", "without a name of its own it is found by what it shares"

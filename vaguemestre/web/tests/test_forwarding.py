"""A proxy before us that nobody announced: nobody it brings is this machine, and `vaguemestre check` names it."""

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from vaguemestre.web import forwarding
from vaguemestre.web.findings import Finding, Severity

NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
HERE, NEAR, OUTSIDE = "127.0.0.1", "10.1.2.3", "8.8.8.8"


@pytest.fixture(autouse=True)
def own_note(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir()
    settings.DATA = tmp_path
    monkeypatch.setattr(forwarding, "_last", {"direct": float("-inf"), "noted": float("-inf")})


def ask(visitor: str, by: str = "", path: str = "/health/") -> int:
    """As nginx tells it."""
    told = {"X-Forwarded-For": visitor} | ({forwarding.HEADER: by} if by else {})
    return Client().get(path, headers=told).status_code


def found(settings: Settings, *, age: timedelta = timedelta()) -> list[Finding]:
    if (note := settings.DATA / "run" / "forwarded-by").exists():
        os.utime(note, ((NOW - age).timestamp(), (NOW - age).timestamp()))
    return list(forwarding.forwarding_findings(NOW))


@pytest.mark.parametrize("path", ["/metrics/", "/ready/"])
def test_who_comes_by_a_proxy_on_this_machine_is_not_this_machine(db: None, path: str) -> None:
    told = {"nobody": {}, "proxy": {forwarding.HEADER: HERE}}
    seen = {by: Client().get(path, headers={"X-Forwarded-For": HERE, **said}).content for by, said in told.items()}
    inside = {by: b"database" in content or b"vaguemestre_" in content for by, content in seen.items()}
    assert inside == {"nobody": True, "proxy": False}


def test_a_proxy_on_this_machine_is_told_of_with_what_to_do(settings: Settings) -> None:
    assert found(settings) == []
    ask(OUTSIDE)
    ask(HERE, HERE)
    [finding] = found(settings)
    assert finding.severity == Severity.ALARM
    assert HERE in finding.sentence
    assert "trusted_proxies" in finding.remedy
    assert found(settings, age=forwarding.KEPT) == []


def test_one_that_is_named_is_not_told_of(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.0/30"), ip_network(NEAR))
    ask(OUTSIDE, HERE)
    ask(OUTSIDE, NEAR)
    assert found(settings) == []


def test_one_elsewhere_inside_is_told_of_when_everybody_comes_by_it(settings: Settings) -> None:
    """Else it is that of some visitors, a school's."""
    ask(OUTSIDE)
    ask(NEAR, NEAR)
    assert found(settings) == []
    forwarding._last["direct"] -= forwarding.KEPT.total_seconds()
    ask(NEAR, NEAR)
    assert NEAR in found(settings)[0].sentence


def test_no_stranger_raises_the_alarm(settings: Settings) -> None:
    ask(OUTSIDE, OUTSIDE)
    assert found(settings) == []


def test_it_writes_once_a_minute(settings: Settings) -> None:
    ask(HERE, HERE)
    note = settings.DATA / "run" / "forwarded-by"
    note.write_text("")
    ask(HERE, HERE)
    assert note.read_text() == ""

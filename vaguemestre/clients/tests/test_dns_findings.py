"""What `check` says of the DNS, by a real name server that is put wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from vaguemestre.clients.dns import dns_findings
from vaguemestre.clients.dns.checking import Resolver
from vaguemestre.clients.testing.name_server import ADDRESS, free_port, name_server, zone
from vaguemestre.web.findings import Finding, Severity

LIST = "block.example"
REVERSED = ".".join(reversed(ADDRESS.split(".")))


@pytest.fixture
def production(settings: LazySettings) -> Callable[..., None]:
    def switch(**facts: object) -> None:
        settings.INSTANCE = settings.INSTANCE.model_copy(update={"mode": "production", **facts})

    switch()
    return switch


def found(resolver: str) -> list[Finding]:
    return list(dns_findings.dns_findings(timezone.now(), lambda: Resolver(resolver, seconds=1)))


def test_all_is_published(tmp_path: Path, production: Callable[..., None]) -> None:
    with name_server(tmp_path, zone()) as resolver:
        assert found(resolver) == []


def test_what_is_not_is_named_in_one_finding(tmp_path: Path, production: Callable[..., None]) -> None:
    kept = [line for line in zone() if "_domainkey" not in line and "_dmarc" not in line]
    with name_server(tmp_path, kept) as resolver:
        [finding] = found(resolver)
    assert "DMARC, DKIM" in finding.sentence
    assert "SPF" not in finding.sentence
    assert "dns --check" in finding.remedy


def test_a_demo_asks_nobody(tmp_path: Path, settings: LazySettings) -> None:
    with name_server(tmp_path, []) as resolver:
        assert found(resolver) == []


def test_a_resolver_that_is_away_is_said_once(production: Callable[..., None]) -> None:
    [finding] = found(f"127.0.0.1:{free_port()}")
    assert finding.severity == Severity.NOTE
    assert "résolveur" in finding.sentence


@pytest.mark.parametrize(
    ("answer", "lists", "relay", "listed"),
    [
        ("127.0.0.2", (LIST,), None, True), ("127.255.255.254", (LIST,), None, False), (None, (LIST,), None, False),
        ("127.0.0.2", (), None, False), ("127.0.0.2", (LIST,), "[relay.example]:25", False),
    ],
)  # fmt: skip
def test_the_block_lists_that_were_switched_on_are_asked(
    tmp_path: Path, production: Callable[..., None], answer: str | None, lists: tuple[str, ...], relay: str | None,
    listed: bool,
) -> None:  # fmt: skip
    production(block_lists=lists, relay=relay)
    lines = [*zone(), f"local=/{LIST}/", *([f"host-record={REVERSED}.{LIST},{answer}"] if answer else [])]
    with name_server(tmp_path, lines) as resolver:
        said = found(resolver)
    assert [finding.severity for finding in said] == ([Severity.ALARM] if listed else [])
    if listed:
        assert ADDRESS in said[0].sentence
        assert LIST in said[0].sentence

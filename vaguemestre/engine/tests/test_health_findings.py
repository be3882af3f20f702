"""A part that does not answer is said in words, with what to do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from vaguemestre.engine import health_findings
from vaguemestre.web import health_checks
from vaguemestre.web.findings import Severity
from vaguemestre.web.health_checks import Check

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def every_program_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_findings, "program_answers", dict)


@pytest.mark.parametrize("detail", ["Connection refused", "away"])
def test_each_part_has_words_for_its_failure(db: None, monkeypatch: pytest.MonkeyPatch, detail: str) -> None:
    for part in (check.part for check in health_checks.run_checks()):
        monkeypatch.setattr(health_checks, "run_checks", lambda part=part: [Check(part, False, detail)])
        [finding] = health_findings.health_findings(NOW)
        assert finding.severity == Severity.ALARM
        quoted = f"«\N{NO-BREAK SPACE}{detail}\N{NO-BREAK SPACE}»" in finding.sentence
        assert quoted == (detail != "away"), finding.sentence
        assert finding.remedy.endswith((".", "rebuild"))


def test_a_disk_that_is_read_only_has_a_remedy_of_its_own(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not those of Postfix and Valkey, which answer nobody there."""
    monkeypatch.setattr(health_findings, "program_answers", lambda: {"postfix": False, "valkey": False})
    monkeypatch.setattr(health_checks, "run_checks", lambda: [Check("disk", False, health_checks.READ_ONLY)])
    [finding] = health_findings.health_findings(NOW)
    assert "lecture seule" in finding.sentence
    assert "fsck" in finding.remedy


def test_a_missing_file_of_our_authority_is_named_alone(
    db: None, daemons: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And not nginx, whose page is not believed for want of it."""
    monkeypatch.setitem(settings.MAIL, "ca", tmp_path / "ca.pem")
    monkeypatch.setattr(health_findings, "program_answers", lambda: {"nginx": False})
    found = [finding for finding in health_findings.health_findings(NOW) if "ca.pem" in str(finding)]
    assert "DATA/tls/ca.pem" in found[0].sentence
    assert "vaguemestre.target" in found[0].remedy
    assert len(found) == 1
    assert not any("nginx" in finding.sentence for finding in health_findings.health_findings(NOW))


def test_a_full_disk_says_how_much_is_left(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not that mail does not come, which follows from it."""
    full = [Check("disk", False, "5 MB left", 5 * 1024**2), Check("receiving", False, "452"), Check("sending", False)]
    monkeypatch.setattr(health_checks, "run_checks", lambda: full)
    [finding] = health_findings.health_findings(NOW)
    assert "5,0" in finding.sentence

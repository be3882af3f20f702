"""A part that does not answer is said in words, with what to do."""

from datetime import UTC, datetime

import pytest

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
    monkeypatch.setattr(health_checks, "run_checks", lambda: [Check("disk", False, health_checks.READ_ONLY)])
    [finding] = health_findings.health_findings(NOW)
    assert "lecture seule" in finding.sentence
    assert "fsck" in finding.remedy


def test_a_full_disk_says_how_much_is_left(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not that mail does not come, which follows from it."""
    full = [Check("disk", False, "5 MB left", 5 * 1024**2), Check("receiving", False, "452"), Check("sending", False)]
    monkeypatch.setattr(health_checks, "run_checks", lambda: full)
    [finding] = health_findings.health_findings(NOW)
    assert "5,0" in finding.sentence

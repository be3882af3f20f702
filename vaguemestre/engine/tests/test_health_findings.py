"""A part that does not answer is said in words, with what to do."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import LazySettings

from vaguemestre.engine import health_findings
from vaguemestre.web.findings import Severity

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_each_part_has_words_for_its_failure(db: None, settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.MAIL = {
        **settings.MAIL, "imaps": ("127.0.0.1", 9), "smtps": ("127.0.0.1", 9), "mailboxes": None,
        "cleaner": tmp_path / "cleaner",
    }  # fmt: skip
    (tmp_path / "supervision").mkdir()
    found = list(health_findings.health_findings(NOW))
    assert len(found) == 5  # all but the database
    assert {finding.severity for finding in found} == {Severity.ALARM}
    assert any("«\N{NO-BREAK SPACE}Connection refused\N{NO-BREAK SPACE}»" in finding.sentence for finding in found)
    assert not any("away" in finding.sentence for finding in found)
    assert all(finding.remedy.endswith((".", "rebuild")) for finding in found)

"""Letters that wait: counted, and said when they wait for too long."""

from datetime import timedelta

import pytest

from vaguemestre.letters import letter_issue, printing, sealed_passwords, waiting
from vaguemestre.letters.tests.cast import NOW, joiner
from vaguemestre.web.findings import Severity

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_they_are_counted_until_they_are_printed() -> None:
    letter_issue.prepare_letters([joiner(), joiner("Paul")], now=NOW)
    told = {gauge.name: gauge.value for gauge in waiting.letter_gauges(NOW + DAY)}
    assert told == {"letters_waiting": 2, "letters_oldest_seconds": 86400}
    sealed_passwords.seal_pending(now=NOW)
    assert {gauge.name: gauge.value for gauge in waiting.letter_gauges(NOW + DAY)} == told
    printing.print_batch(printing.assemble_batch(now=NOW).batches[0], actor="operator:root", now=NOW)
    assert {gauge.value for gauge in waiting.letter_gauges(NOW + DAY)} == {0}


@pytest.mark.parametrize(("days", "severity"), [(1, Severity.TASK), (3, Severity.TASK), (8, Severity.ALARM)])
def test_who_waits_for_it_cannot_sign_in(days: int, severity: Severity) -> None:
    letter_issue.prepare_letters([joiner()], now=NOW)
    found = [finding.severity for finding in waiting.letter_findings(NOW + days * DAY)]
    assert found == [severity]

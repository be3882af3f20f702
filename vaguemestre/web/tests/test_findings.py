"""`vaguemestre check` and the page of the state: what is wrong, and what to do."""

import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

from django.core.management import call_command

from vaguemestre.web import findings
from vaguemestre.web.findings import Finding, Severity, operator_findings

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
NOTE = Finding(Severity.NOTE, "Le disque est plein dans 20 jours.", "Faites de la place.")
ALARM = Finding(Severity.ALARM, "Postfix ne répond pas.", "Relancez-le.")


def noting(_now: datetime) -> Iterator[Finding]:
    yield NOTE


def alarming(_now: datetime) -> Iterator[Finding]:
    yield ALARM


def broken(_now: datetime) -> Iterator[Finding]:
    raise OSError("away")


def checked() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("check", stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_nothing_wrong_ends_with_0(rewired: ExitStack) -> None:
    rewired.enter_context(operator_findings.replaced())
    assert checked() == (0, "Tout va bien.\n")


def test_a_note_is_said_and_wakes_nobody(rewired: ExitStack) -> None:
    rewired.enter_context(operator_findings.replaced(noting))
    assert checked() == (0, f"à noter\u00a0: {NOTE.sentence}\n    {NOTE.remedy}\n")


def test_an_alarm_comes_first_and_ends_with_1(rewired: ExitStack) -> None:
    rewired.enter_context(operator_findings.replaced(noting, alarming))
    code, said = checked()
    assert code == 1
    assert said.startswith(f"ALARME\u00a0: {ALARM.sentence}\n    {ALARM.remedy}\n")
    assert NOTE.sentence in said


def test_what_cannot_be_looked_at_is_an_alarm_and_hides_nothing(rewired: ExitStack) -> None:
    rewired.enter_context(operator_findings.replaced(broken, noting))
    found = findings.all_findings(NOW)
    assert [finding.severity for finding in found] == [Severity.ALARM, Severity.NOTE]
    assert "OSError" in found[0].sentence


def test_django_s_own_check_is_still_there(db: None) -> None:
    out = io.StringIO()
    call_command("settings_check", stdout=out)
    assert "System check" in out.getvalue()

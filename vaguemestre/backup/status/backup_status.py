"""Whether backups go as they should, for `vaguemestre check`, the administrators' home, their mail, and the gauges."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from vaguemestre.backup.errors import NotConfiguredError, UnfinishedRestoreError
from vaguemestre.backup.places.configuration import configured
from vaguemestre.backup.places.section_at_start import section_is_changed
from vaguemestre.backup.status.outcomes import Outcome, Task, read_outcome
from vaguemestre.backup.status.sentences import COMMANDS, NOT_RESTARTED, RESTART, age_text, cause_sentence
from vaguemestre.web.date_text import full_date_text
from vaguemestre.web.findings import Fact, Finding, Severity
from vaguemestre.web.metrics import Gauge

REVOCATIONS_LATE = timedelta(hours=2)  # after a copy that is due once an hour
WEEKLY_LATE = timedelta(days=16)  # what is due once a week
NEVER = 10 * 365 * 86400  # seconds: what a gauge says of what never happened, so that an alert fires


@dataclass(frozen=True)
class BackupTrouble:
    """`task`: of which it is; `code`: why (`sentences.CAUSES`)."""

    task: Task
    code: str
    detail: str = ""
    since: datetime | None = None

    @property
    def command(self) -> str:
        return RESTART if self.code == NOT_RESTARTED else COMMANDS[self.task]

    def text(self, now: datetime) -> str:
        what = {
            Task.BACKUP: _("Backup: %(cause)s"),
            Task.CHECK: _("Check of the backups: %(cause)s"),
            Task.REHEARSAL: _("Rehearsal of a restore: %(cause)s"),
            Task.REVOCATIONS: _("Copy of what is revoked: %(cause)s"),
        }[self.task] % {"cause": cause_sentence(self.code, self.detail, self.task)}
        if self.since is None:
            return what
        return _("%(what)s Last success: %(age)s.") % {"what": what, "age": age_text(self.since, now)}


def is_watched() -> bool:
    """In production, and wherever somebody set it up. A demo without it needs none."""
    return settings.BACKUP is not None or not settings.EXAMPLES


def troubles(now: datetime) -> list[BackupTrouble]:
    """None when all is well, or nothing is watched."""
    if settings.DATA is None or not is_watched():
        return []
    changed = [BackupTrouble(Task.BACKUP, NOT_RESTARTED)] if section_is_changed(settings.DATA) else []
    try:
        configuration = configured()
    except (NotConfiguredError, UnfinishedRestoreError) as error:
        return changed or [BackupTrouble(Task.BACKUP, error.code)]
    late = {
        Task.BACKUP: timedelta(hours=configuration.late_hours), Task.CHECK: WEEKLY_LATE,
        Task.REHEARSAL: WEEKLY_LATE, Task.REVOCATIONS: REVOCATIONS_LATE,
    }  # fmt: skip
    read = {task: read_outcome(settings.DATA, task) for task in Task}
    if read[Task.BACKUP].done_at is None:
        # The others stand on it.
        return [*changed, *_trouble(Task.BACKUP, read[Task.BACKUP], late[Task.BACKUP], now)]
    since = read[Task.BACKUP].first_at
    return changed + [
        trouble
        for task in Task
        for trouble in _trouble(task, read[task], late[task], now, read[task].first_at or since)
    ]


def _trouble(
    task: Task, outcome: Outcome, late: timedelta, now: datetime, since: datetime | None = None
) -> Iterator[BackupTrouble]:
    """`since`: from when on the others have had something to stand on."""
    if outcome.code:
        yield BackupTrouble(task, outcome.code, outcome.detail, outcome.done_at)
    elif outcome.done_at is None:
        if task == Task.BACKUP or (since and now - since > late):
            yield BackupTrouble(task, "never")
    elif now - outcome.done_at > late:
        yield BackupTrouble(task, "late", since=outcome.done_at)


def backup_findings(now: datetime) -> list[Finding]:
    """`web.findings.operator_findings`."""
    return [
        Finding(Severity.ALARM, trouble.text(now), _("Then: %(command)s") % {"command": trouble.command}, trouble.since)
        for trouble in troubles(now)
    ]


def backup_facts(now: datetime) -> list[Fact]:
    """`web.findings.service_facts`."""
    if settings.DATA is None or not is_watched() or troubles(now):
        return []
    backup, check, rehearsal = (read_outcome(settings.DATA, task) for task in (Task.BACKUP, Task.CHECK, Task.REHEARSAL))
    if backup.done_at is None:
        return []
    details = [
        text % {"moment": full_date_text(outcome.done_at)}
        for outcome, text in ((check, _("Read again %(moment)s.")), (rehearsal, _("A restore was tried %(moment)s.")))
        if outcome.done_at
    ]
    return [Fact(_("Complete backup %(moment)s") % {"moment": full_date_text(backup.done_at)}, " ".join(details))]


def backup_gauges(now: datetime) -> list[Gauge]:
    """`web.metrics.gauge_sources`."""
    if settings.DATA is None or not is_watched():
        return []
    read = {task: read_outcome(settings.DATA, task) for task in Task}
    return [
        Gauge("backup_age_seconds", "Since the last complete backup.", _age(read[Task.BACKUP], now)),
        Gauge("backup_check_age_seconds", "Since a part of both places was last read and found whole.",
              _age(read[Task.CHECK], now)),
        Gauge("backup_rehearsal_age_seconds", "Since a sample was last restored and compared.",
              _age(read[Task.REHEARSAL], now)),
        Gauge("backup_revocations_age_seconds", "Since what is revoked was last copied.",
              _age(read[Task.REVOCATIONS], now)),
        Gauge("backup_failing", "Backup tasks that failed or are late.", len(troubles(now))),
    ]  # fmt: skip


def _age(outcome: Outcome, now: datetime) -> int:
    return max(0, int((now - outcome.done_at).total_seconds())) if outcome.done_at else NEVER

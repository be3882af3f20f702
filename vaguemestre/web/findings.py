"""Findings and facts for the operator. `vaguemestre check` prints findings; the operations page shows both. Rooms
provide their own."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from vaguemestre.web import health_checks
from vaguemestre.web.ports import Port

logger = logging.getLogger(__name__)


class Severity(StrEnum):
    """Gravest first."""

    ALARM = "alarm"  # somebody is needed: `vaguemestre check` ends with 1
    TASK = "task"  # regular work that waits for a person
    NOTE = "note"  # to be known; nothing is lost until the next working day


class Act(NamedTuple):
    """A link to the screen where it is done."""

    label: str
    url: str


class Finding(NamedTuple):
    """Whole sentences in the reader's language, without a person's name or address. `since`: where it is known."""

    severity: Severity
    sentence: str
    remedy: str
    since: datetime | None = None
    act: Act | None = None


class Fact(NamedTuple):
    """Something that is in order. A source gives none where it gives a finding of the same matter."""

    sentence: str
    detail: str = ""
    act: Act | None = None


type FindingSource = Callable[[datetime], Iterable[Finding]]
operator_findings = Port[FindingSource]("web.operator_findings")
type FactSource = Callable[[datetime], Iterable[Fact]]
service_facts = Port[FactSource]("web.service_facts")


def all_findings(now: datetime) -> list[Finding]:
    """Alarms first. A part that cannot be looked at is an alarm itself, and hides none of the others."""
    found: list[Finding] = []
    for source in operator_findings.all():
        try:
            found += list(source(now))
        except DatabaseError as error:
            if health_checks.database().answers:  # else that is the one thing to tell, and it is told
                found.append(_unknown(source, error))
        except Exception as error:  # whatever one of them meets, the others are what one looks at then
            logger.exception("findings of %s", source.__module__)
            found.append(_unknown(source, error))
    return sorted(found, key=lambda finding: [*Severity].index(finding.severity))


def all_facts(now: datetime) -> list[Fact]:
    """A source that fails gives none: the finding of its matter reports why."""
    found: list[Fact] = []
    for source in service_facts.all():
        try:
            found += list(source(now))
        except Exception:
            logger.exception("facts of %s", source.__module__)
    return found


def _unknown(source: FindingSource, error: Exception) -> Finding:
    told = {"part": source.__module__.removeprefix("vaguemestre."), "error": type(error).__name__}
    return Finding(
        Severity.ALARM,
        _("Not known: %(part)s could not be looked at (%(error)s).") % told,
        _("Mend what else is said here first, then ask again; the log of this process says why."),
    )

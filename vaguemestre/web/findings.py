"""What somebody who keeps the service should know, each with what to do. Said by `vaguemestre check` and, to
administrators, by the page of the state. Rooms provide their own."""

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
    ALARM = "alarm"  # somebody is needed: `vaguemestre check` ends with 1
    NOTE = "note"  # to be known; nothing is lost until the next working day


class Finding(NamedTuple):
    """Both in whole sentences, in the reader's language, without a person's name or address."""

    severity: Severity
    sentence: str
    remedy: str


type FindingSource = Callable[[datetime], Iterable[Finding]]
operator_findings = Port[FindingSource]("web.operator_findings")


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
    return sorted(found, key=lambda finding: finding.severity != Severity.ALARM)


def _unknown(source: FindingSource, error: Exception) -> Finding:
    told = {"part": source.__module__.removeprefix("vaguemestre."), "error": type(error).__name__}
    return Finding(
        Severity.ALARM,
        _("Not known: %(part)s could not be looked at (%(error)s).") % told,
        _("Mend what else is said here first, then ask again; the log of this process says why."),
    )

"""Where somebody stands on the way out, as the page says it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account


@dataclass(frozen=True)
class LeaverStage:
    """Dates are first days without what they name; None while no end is known."""

    left: bool
    closes_on: date | None
    fetch_until: date | None  # last day on this page
    refused_from: date | None
    purged_from: date | None


def leaver_stage(account: Account, now: datetime) -> LeaverStage:
    closes, days = account.closes_on, academy().departure
    if closes is None:
        return LeaverStage(False, None, None, None, None)
    return LeaverStage(
        left=account.has_left(today(now)),
        closes_on=closes,
        fetch_until=closes + timedelta(days=days.portal_days - 1),
        refused_from=closes + timedelta(days=days.receives_days),
        purged_from=closes + timedelta(days=days.purge_days),
    )

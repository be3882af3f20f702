"""What works at this moment, in the words of those who use it, asked at most every few seconds whoever looks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.maintenance import state as maintenance
from vaguemestre.maintenance.models import Part
from vaguemestre.web import checks

KEPT = timedelta(seconds=15)

WORDS: dict[str, tuple[Promise, Promise, Promise]] = {
    "database": (_("Accounts"), _("Signing in works."), _("Signing in is closed for the moment.")),
    "accounts_file": (
        _("Mail addresses"),
        _("Every address is known to the mail service."),
        _("The mail service is waiting for the list of addresses."),
    ),
    "reading": (
        _("Reading mail"),
        _("On the web, on a telephone and in mail programs."),
        _("Mailboxes are closed for the moment. Mail that arrives is kept."),
    ),
    "sending": (
        _("Sending mail"),
        _("Messages leave at once."),
        _("Messages written on the web wait here and leave by themselves when sending opens again."),
    ),
    "cleaner": (
        _("Messages with pictures and layout"),
        _("They are shown as they were written."),
        _("They are shown as plain text for the moment."),
    ),
}


# What a maintenance closes does not work for anybody who looks, however well it answers.
SIGNING_IN_CLOSED = _("Signing in is closed for the maintenance.")
WEB_CLOSED = _("On telephones and in mail programs. On the web, closed for the maintenance.")


@dataclass(frozen=True)
class Service:
    part: str
    name: Promise
    works: bool
    sentence: Promise
    closed: bool = False  # by a maintenance


@dataclass(frozen=True)
class State:
    services: list[Service]
    seen_at: datetime

    @property
    def all_work(self) -> bool:
        return all(service.works for service in self.services)


class _Watch:
    """One look for everybody: a crowd that wonders what is wrong must not make it worse."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: State | None = None

    def state(self, now: datetime) -> State:
        with self._lock:
            if self._last is None or now - self._last.seen_at > KEPT:
                self._last = State([_in_words(check) for check in checks.every()], now)
            return self._last


_watch = _Watch()


def state(now: datetime) -> State:
    seen, row = _watch.state(now), maintenance.current(now)
    return replace(seen, services=[_under(one, row.parts) for one in seen.services]) if row else seen


def _in_words(check: checks.Check) -> Service:
    name, good, bad = WORDS[check.part]
    return Service(check.part, name, check.answers, good if check.answers else bad)


def _under(service: Service, closed: Sequence[Part]) -> Service:
    if service.part == "database" and service.works and Part.SIGN_IN in closed:
        return replace(service, sentence=SIGNING_IN_CLOSED, closed=True)
    if service.part == "reading" and service.works and {Part.SIGN_IN, Part.WEBMAIL} & set(closed):
        return replace(service, sentence=WEB_CLOSED)
    return service

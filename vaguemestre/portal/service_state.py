"""What works at this moment, in the words of those who use it, asked at most every few seconds whoever looks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.db import Error as DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.courier import sms
from vaguemestre.sso.logout import logout_monitoring
from vaguemestre.web import health_checks

KEPT = timedelta(seconds=15)

WORDS: dict[str, tuple[Promise, Promise]] = {  # its name, and what is said where it does not work
    "database": (_("Accounts"), _("Signing in is closed for the moment.")),
    "accounts_file": (_("Mail addresses"), _("The mail service is waiting for the list of addresses.")),
    "disk": (
        _("Room for mail"),
        _("No message can be stored for the moment: those that arrive wait at their sender’s, and come later."),
    ),
    "programs": (
        _("Stability"),
        _("A part of the service stops again and again and is started each time: some pages may stay closed."),
    ),
    "applications": (
        _("Applications"),
        _("They may not open for the moment. If you sign out, sign out of each one yourself too."),
    ),
    "reading": (_("Reading mail"), _("Mailboxes are closed for the moment. Mail that arrives is kept.")),
    "receiving": (
        _("Receiving mail"),
        _("Messages from outside wait at their sender’s for the moment, and come later."),
    ),
    "sending": (
        _("Sending mail"),
        _("Messages written on the web wait here and leave by themselves when sending opens again."),
    ),
    "cleaner": (_("Messages with pictures and layout"), _("They are shown as plain text for the moment.")),
    "texts": (
        _("Codes by text message"),
        _("They do not leave for the moment: use another way, or call your DSDEN."),
    ),
}


@dataclass(frozen=True)
class Service:
    name: Promise
    works: bool
    sentence: str | Promise = ""  # nothing where all is well
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
                looks = [*health_checks.run_checks(), *_programs(), _applications(now), *_texts(now)]
                self._last = State([_in_words(check) for check in looks], now)
            return self._last


_watch = _Watch()


def service_state(now: datetime) -> State:
    return _watch.state(now)


def _applications(now: datetime) -> health_checks.Check:
    try:
        return logout_monitoring.check_logout(now)
    except DatabaseError as error:
        return health_checks.Check("applications", False, type(error).__name__)


def _programs() -> list[health_checks.Check]:
    """Only where one falls: for everybody else it is no service."""
    return [health_checks.Check("programs", False)] if health_checks.failing_programs() else []


def _texts(now: datetime) -> list[health_checks.Check]:
    """Where the authority sends text messages. Not asked of the gateway: each question would cost."""
    if not sms.is_sms_offered():
        return []
    try:
        return [health_checks.Check("texts", sms.is_leaving(now))]
    except DatabaseError as error:
        return [health_checks.Check("texts", False, type(error).__name__)]


def _in_words(check: health_checks.Check) -> Service:
    name, failure = WORDS[check.part]
    return Service(name, check.answers, "" if check.answers else failure)

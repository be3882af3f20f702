"""Slowing down whoever guesses, without letting a stranger lock a colleague out (CNIL 2022-100, case 2).

Three counters, shared by the web, IMAP and SMTP:
- a name from one source (a known browser, else a network): a delay that grows from the 5th failure to two hours;
- a name from everywhere: after 12 failures, new networks wait two hours each time (25 tries a day), known ones do not;
- a network, leniently, since a whole school sits behind one: only a flood slows it, and again not who is known there.

The first goes by what was typed (`names.counted`), so that a name that does not exist is slowed in the same way.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from vaguemestre.accounts.models import Account, Failure, SignIn

FREE_TRIES = 4
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 120))
FORGOTTEN_AFTER = timedelta(hours=24)
KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Bucket:
    """Fills with failures, leaks with time; while it is full, whoever is not known there waits."""

    limit: int
    leak: timedelta  # one failure is forgotten in this time
    delay: timedelta


EVERYWHERE = Bucket(limit=12, leak=timedelta(hours=2), delay=timedelta(hours=2))
FLOOD = Bucket(limit=200, leak=timedelta(seconds=12), delay=timedelta(minutes=1))


@dataclass(frozen=True)
class Attempt:
    """Who is named, from where. `device` is the hash of a known browser's token, for this very account."""

    name: str
    account: Account | None
    network: str
    device: str | None = None

    @property
    def own(self) -> str:
        return _subject("own", self.name, self.device or self.network)

    @property
    def everywhere(self) -> str:
        return _subject("everywhere", self.account.key if self.account else self.name)

    @property
    def flood(self) -> str:
        return _subject("network", self.network)

    @property
    def subjects(self) -> list[str]:
        """In one order for all, so that two attempts at once wait for each other instead of locking crosswise."""
        return sorted({self.own, self.everywhere, self.flood})


@dataclass(frozen=True)
class Standing:
    """The counters of one attempt, read once."""

    attempt: Attempt
    counters: dict[str, Failure]

    def wait(self, now: datetime) -> timedelta | None:
        """How long this attempt must wait; None when it may be tried now."""
        if until := self._until(self.attempt.own, now):
            return until - now
        shared = [until for subject in self._shared() if (until := self._until(subject, now))]
        if shared and not self._known(now):
            return max(shared) - now
        return None

    def forgive(self) -> None:
        """A good sign-in: this source starts afresh. The count of everywhere else stays."""
        if self.attempt.own in self.counters:
            Failure.objects.filter(pk=self.attempt.own).delete()

    def _until(self, subject: str, now: datetime) -> datetime | None:
        counter = self.counters.get(subject)
        return counter.blocked_until if counter and counter.blocks(now) else None

    def _shared(self) -> tuple[str, ...]:
        return () if self.attempt.device else (self.attempt.everywhere, self.attempt.flood)

    def _known(self, now: datetime) -> bool:
        """This person has signed in from this network lately."""
        good = SignIn.objects.filter(account=self.attempt.account, network=self.attempt.network)
        recent = good.filter(result=SignIn.Result.GOOD, at__gte=now - KNOWN_FOR)
        return self.attempt.account is not None and recent.exists()


def standing(attempt: Attempt) -> Standing:
    """One query."""
    return Standing(attempt, Failure.objects.in_bulk(attempt.subjects))


def count(attempt: Attempt, secret: str, *, now: datetime) -> None:
    """One more failure, however many come at the same moment.

    The same wrong password again (a forgotten mail program) only counts for the network.
    """
    trace = _trace(attempt.name, secret)
    with transaction.atomic():
        counters = _locked(attempt.subjects, now)
        own = counters[attempt.own]
        _fill(counters[attempt.flood], FLOOD, now)
        if own.last_secret != trace:
            own.last_secret = trace
            _fail_again(own, now)
            _fill(counters[attempt.everywhere], EVERYWHERE, now)
        Failure.objects.bulk_update(counters.values(), ["count", "last_at", "blocked_until", "last_secret"])


def network_of(address: str | None) -> str:
    """What one attacker, one home or one school has: a /24, or a /56 of IPv6."""
    if not address:
        return ""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 56), strict=False))


def _locked(subjects: list[str], now: datetime) -> dict[str, Failure]:
    """A row that is forgiven or swept at this very moment stays away: its failure is forgiven with it."""
    made = {subject: Failure(subject=subject, last_at=now) for subject in subjects}
    Failure.objects.bulk_create(made.values(), ignore_conflicts=True)
    return made | {row.pk: row for row in Failure.objects.select_for_update().filter(pk__in=subjects).order_by("pk")}


def _fail_again(own: Failure, now: datetime) -> None:
    """In a row: a day without failures begins a new row."""
    own.count = own.count + 1 if own.last_at + FORGOTTEN_AFTER > now else 1
    own.last_at = now
    over = own.count - FREE_TRIES
    own.blocked_until = now + DELAYS[min(over, len(DELAYS)) - 1] if over > 0 else None


def _fill(counter: Failure, bucket: Bucket, now: datetime) -> None:
    """`last_at` moves by whole leaks only, so that no fraction of one is lost between two failures."""
    leaked = max(0, (now - counter.last_at) // bucket.leak)
    counter.last_at = now if leaked >= counter.count else counter.last_at + leaked * bucket.leak
    counter.count = max(0, counter.count - leaked) + 1
    if counter.count >= bucket.limit:
        counter.count, counter.blocked_until = bucket.limit, now + bucket.delay


def _subject(*parts: str) -> str:
    return salted_hmac("vaguemestre.throttle", "|".join(parts), algorithm="sha256").hexdigest()


def _trace(name: str, secret: str) -> str:
    """16 bits: enough to recognise the same wrong password, far too few to find it."""
    return salted_hmac("vaguemestre.throttle.secret", f"{name}|{secret}", algorithm="sha256").hexdigest()[:4]

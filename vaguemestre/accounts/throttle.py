"""Slowing down whoever guesses, without letting a stranger lock a colleague out (CNIL 2022-100, case 2).

Three counters, shared by the web, IMAP and SMTP:
- a name from one source (a known browser, else a network): a delay that grows from the 5th failure to two hours;
- a name from everywhere: after 20 failures in a day, new networks wait an hour, known browsers and networks do not;
- a network, leniently, since a whole school sits behind one: only a flood slows it, and again not who is known there.

The first goes by what was typed (`names.counted`), so that a name that does not exist is slowed in the same way.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from vaguemestre.accounts.models import Account, Failure, SignIn

FREE_TRIES = 4
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 120))
FORGOTTEN_AFTER = timedelta(hours=24)
EVERYWHERE_LIMIT = 20
EVERYWHERE_DELAY = timedelta(hours=1)
FLOOD_LIMIT = 200
FLOOD_LEAK = timedelta(seconds=12)  # a network forgets one failure every 12 seconds
FLOOD_DELAY = timedelta(minutes=1)
KNOWN_FOR = timedelta(days=90)


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


@dataclass(frozen=True)
class Standing:
    """The counters of one attempt, read once: whether it must wait, and what a failure or a success writes."""

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

    def count(self, secret: str, *, now: datetime) -> None:
        """One more failure. The same wrong password again (a forgotten mail program) only counts for the network."""
        attempt = self.attempt
        changed = [self._more_flood(now)]
        own = self._fresh(attempt.own, now)
        trace = _trace(attempt.name, secret)
        if own.last_secret != trace:
            own.last_secret = trace
            changed += [_more(own, _own_delay(own.count + 1), now), self._more_everywhere(now)]
        Failure.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["subject"],
            update_fields=["count", "last_at", "blocked_until", "last_secret"],
        )  # fmt: skip

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

    def _fresh(self, subject: str, now: datetime) -> Failure:
        counter = self.counters.get(subject)
        if counter is None or counter.last_at + FORGOTTEN_AFTER <= now:
            return Failure(subject=subject, last_at=now)
        return counter

    def _more_everywhere(self, now: datetime) -> Failure:
        counter = self._fresh(self.attempt.everywhere, now)
        return _more(counter, EVERYWHERE_DELAY if counter.count + 1 >= EVERYWHERE_LIMIT else None, now)

    def _more_flood(self, now: datetime) -> Failure:
        counter = self._fresh(self.attempt.flood, now)
        counter.count = max(0, counter.count - int((now - counter.last_at) / FLOOD_LEAK))
        return _more(counter, FLOOD_DELAY if counter.count + 1 >= FLOOD_LIMIT else None, now)


def standing(attempt: Attempt) -> Standing:
    """One query."""
    subjects: Iterable[str] = (attempt.own, attempt.everywhere, attempt.flood)
    return Standing(attempt, Failure.objects.in_bulk(list(subjects)))


def network_of(address: str | None) -> str:
    """What one attacker, one home or one school has: a /24, or a /56 of IPv6."""
    if not address:
        return ""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 56), strict=False))


def _more(counter: Failure, delay: timedelta | None, now: datetime) -> Failure:
    counter.count += 1
    counter.last_at = now
    counter.blocked_until = now + delay if delay else None
    return counter


def _own_delay(count: int) -> timedelta | None:
    return DELAYS[min(count - FREE_TRIES, len(DELAYS)) - 1] if count > FREE_TRIES else None


def _subject(*parts: str) -> str:
    return salted_hmac("vaguemestre.throttle", "|".join(parts), algorithm="sha256").hexdigest()


def _trace(name: str, secret: str) -> str:
    """16 bits: enough to recognise the same wrong password, far too few to find it."""
    return salted_hmac("vaguemestre.throttle.secret", f"{name}|{secret}", algorithm="sha256").hexdigest()[:4]

"""Slowing down whoever guesses, without letting a stranger lock a colleague out (CNIL 2022-100, case 2).

Counters shared by the web, IMAP and SMTP; a try is counted before it is verified, and given back when it was good.

Shown, and so by what was typed alone (`name_rules.counted_name`): a name that does not exist is slowed in the same way.
- a name from one source (a known browser, else a network): a delay that grows from the 5th failure to two hours;
- a network, leniently, since a whole school sits behind one: half a flood asks for a picture (`wants_human`), of
  everybody there but known browsers.

By the account, whatever it was called, and therefore never shown: what they hold is answered like a wrong password.
- an account from one source: 9 failures, then one every two hours;
- an account from everywhere: 13, of which one source makes 9 at most; new networks are held, known ones are not.
At most 25 guesses a day come of either. A mail program reads no picture: a flood holds it, where its account is new.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from vaguemestre.accounts.models import Account, Failure, LocalPart, SignIn

FREE_TRIES = 4
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 120))
HUMAN_AFTER = 3  # failures of a name from one source: the next try shows that a person is trying
FORGOTTEN_AFTER = timedelta(hours=24)
KNOWN_FOR = timedelta(days=90)
_FIELDS = ("count", "last_at", "blocked_until", "last_secret")


@dataclass(frozen=True)
class Bucket:
    """Fills with failures, leaks with time; while it is full, tries are held."""

    limit: int
    leak: timedelta  # one failure is forgotten in this time
    delay: timedelta


ACCOUNT = Bucket(limit=FREE_TRIES + len(DELAYS), leak=timedelta(hours=2), delay=timedelta(hours=2))
# Four more than one source can make: whoever hammers leaves the owner's own slips on another network.
EVERYWHERE = Bucket(limit=ACCOUNT.limit + 4, leak=timedelta(hours=2), delay=timedelta(hours=2))
FLOOD = Bucket(limit=200, leak=timedelta(seconds=12), delay=timedelta(minutes=1))


@dataclass(frozen=True)
class CountedAttempt:
    """Who is named, from where. `device` is the hash of a known browser's token, for this very account."""

    name: str
    account: Account | None
    network: str
    device: str | None = None
    reads_pictures: bool = True  # a person does, a mail program does not

    @property
    def own(self) -> str:
        return self.own_as(self.name)

    @property
    def at_account(self) -> str:
        return _subject("account", self._whom, self._source)

    @property
    def everywhere(self) -> str:
        return _subject("everywhere", self._whom)

    @property
    def flood(self) -> str:
        return _subject("network", self.network)

    @property
    def subjects(self) -> list[str]:
        """In one order for all, so that two attempts at once wait for each other instead of locking crosswise."""
        return sorted({self.own, self.at_account, self.everywhere, self.flood})

    def own_as(self, name: str) -> str:
        return _subject("own", name, self._source)

    def trace(self, secret: str) -> str:
        """16 bits: enough to recognise the same wrong password, far too few to find it."""
        return _hashed("vaguemestre.throttle.secret", self._whom, secret)[:4]

    @property
    def _whom(self) -> str:
        """Nobody is counted like somebody: the same rows, the same work."""
        return self.account.key if self.account else f"nobody {self.name}"

    @property
    def _source(self) -> str:
        return self.device or self.network


@dataclass(frozen=True)
class ThrottleState:
    """The counters of one attempt, read once."""

    attempt: CountedAttempt
    counters: Mapping[str, Failure]

    def wait(self, now: datetime) -> timedelta | None:
        """How long this name must wait here; None when it may be tried now. By the text alone: it is shown."""
        until = self._until(self.attempt.own, now)
        return until - now if until else None

    def held(self, now: datetime) -> bool:
        """Not to be verified, nor to be told from a wrong password: this goes by the account."""
        return self._held_until(now) is not None

    def wait_of_owner(self, now: datetime) -> timedelta | None:
        """For whoever has shown the password, from whom nothing is hidden."""
        waits = [until - now for until in (self._until(self.attempt.own, now), self._held_until(now)) if until]
        return max(waits, default=None)

    def wants_human(self, now: datetime) -> bool:
        """A picture is to be read before this attempt: by what was typed and the network, never by who is known there,
        or the one who is not asked would be a name that exists."""
        own = self.counters.get(self.attempt.own)
        if own and own.count >= HUMAN_AFTER and own.last_at + FORGOTTEN_AFTER > now:
            return True
        flood = self.counters.get(self.attempt.flood)
        return self.attempt.device is None and flood is not None and _level(flood, FLOOD, now) >= FLOOD.limit // 2

    def _held_until(self, now: datetime) -> datetime | None:
        if until := self._until(self.attempt.at_account, now):
            return until
        shared = [until for subject in self._shared() if (until := self._until(subject, now))]
        return max(shared) if shared and not self._known(now) else None

    def _until(self, subject: str, now: datetime) -> datetime | None:
        counter = self.counters.get(subject)
        return counter.blocked_until if counter and counter.blocks(now) else None

    def _shared(self) -> tuple[str, ...]:
        if self.attempt.device:
            return ()
        everywhere, flood = self.attempt.everywhere, self.attempt.flood
        return (everywhere,) if self.attempt.reads_pictures else (everywhere, flood)

    def _known(self, now: datetime) -> bool:
        """This person has signed in from this network lately. Asked for nobody too, as long."""
        good = SignIn.objects.filter(account=self.attempt.account, network=self.attempt.network)
        recent = good.filter(result=SignIn.Result.GOOD, at__gte=now - KNOWN_FOR)
        return recent.exists() and self.attempt.account is not None


@dataclass(frozen=True)
class BucketSlot:
    """A try, counted before it is verified: however many come at once, each stands behind those before it.

    With `wait` nothing was counted. `held`: counted as typed, and not to be verified.
    """

    before: ThrottleState
    wait: timedelta | None = None
    held: bool = False
    counted: Mapping[str, Failure] = field(default_factory=dict)

    @property
    def after(self) -> ThrottleState:
        return ThrottleState(self.before.attempt, self.counted)

    def give_back(self) -> None:
        """It was no guess. What nobody has counted on since is as before; else there is one less."""
        with transaction.atomic():
            counters = Failure.objects.select_for_update().filter(pk__in=list(self.counted)).order_by("pk")
            rows = [self._without(counter) for counter in counters]
            _write(rows)

    def good(self) -> None:
        """A good sign-in of a person: given back, and this source starts afresh. The count of everywhere else stays."""
        self.give_back()
        attempt = self.before.attempt
        if any(self.before.counters[subject].count for subject in (attempt.own, attempt.at_account)):
            forgive_failures(attempt)

    def _without(self, counter: Failure) -> Failure:
        was, left = self.before.counters[counter.pk], self.counted[counter.pk]
        if _facts(counter) == _facts(left):
            return was
        if _facts(left) != _facts(was):
            counter.count = max(0, counter.count - 1)
        return counter


def throttle_state(attempt: CountedAttempt) -> ThrottleState:
    """One query."""
    return ThrottleState(attempt, Failure.objects.in_bulk(attempt.subjects))


def take_slot(attempt: CountedAttempt, secret: str, *, now: datetime) -> BucketSlot:
    """One try, when there is one to be had. To be given back when it turns out good."""
    with transaction.atomic():
        counters = _locked(attempt.subjects, now)
        before = ThrottleState(attempt, {subject: copy(counter) for subject, counter in counters.items()})
        if wait := before.wait(now):
            return BucketSlot(before, wait)
        held = before.held(now)
        _count(attempt, counters, secret, now, held=held)
    return BucketSlot(before, held=held, counted=counters)


def count_failure(attempt: CountedAttempt, secret: str, *, now: datetime) -> None:
    """A failure for which no slot was taken."""
    with transaction.atomic():
        _count(attempt, _locked(attempt.subjects, now), secret, now, held=False)


def forgive_failures(attempt: CountedAttempt) -> None:
    """What this account's failures wrote here, whatever it was called; nothing of anybody else."""
    parts = LocalPart.objects.filter(account=attempt.account, account__isnull=False)
    names = {attempt.name, *parts.values_list("undotted", flat=True)}
    here = Failure.objects.filter(pk__in={attempt.at_account, *map(attempt.own_as, names)})
    with transaction.atomic():
        list(here.select_for_update().order_by("pk"))  # in the order of everybody else
        here.delete()


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


def _count(attempt: CountedAttempt, counters: dict[str, Failure], secret: str, now: datetime, *, held: bool) -> None:
    """The same wrong password again (a forgotten mail program) only counts for the network; what is held was no try at
    the account."""
    trace = attempt.trace(secret)
    own, at_account = counters[attempt.own], counters[attempt.at_account]
    _fill(counters[attempt.flood], FLOOD, now)
    if own.last_secret != trace:
        own.last_secret = trace
        _fail_again(own, now)
    if not held and at_account.last_secret != trace:
        at_account.last_secret = trace
        _fill(at_account, ACCOUNT, now)
        _fill(counters[attempt.everywhere], EVERYWHERE, now)
    _write(counters.values())


def _write(counters: Iterable[Failure]) -> None:
    """Rows that are locked, and so there. An upsert: Django's bulk update takes twice as long to put together."""
    Failure.objects.bulk_create(counters, update_conflicts=True, unique_fields=["subject"], update_fields=_FIELDS)


def _fail_again(own: Failure, now: datetime) -> None:
    """In a row: a day without failures begins a new row."""
    own.count = own.count + 1 if own.last_at + FORGOTTEN_AFTER > now else 1
    own.last_at = now
    over = own.count - FREE_TRIES
    own.blocked_until = now + DELAYS[min(over, len(DELAYS)) - 1] if over > 0 else None


def _fill(counter: Failure, bucket: Bucket, now: datetime) -> None:
    """`last_at` moves by whole leaks only, so that no fraction of one is lost between two failures."""
    level = _level(counter, bucket, now)
    counter.last_at = counter.last_at + (counter.count - level) * bucket.leak if level else now
    counter.count = level + 1
    if counter.count >= bucket.limit:
        counter.count, counter.blocked_until = bucket.limit, now + bucket.delay


def _level(counter: Failure, bucket: Bucket, now: datetime) -> int:
    return max(0, counter.count - max(0, (now - counter.last_at) // bucket.leak))


def _facts(counter: Failure) -> tuple[object, ...]:
    return tuple(getattr(counter, name) for name in _FIELDS)


def _subject(*parts: str) -> str:
    return _hashed("vaguemestre.throttle", *parts)


def _hashed(salt: str, *parts: str) -> str:
    return salted_hmac(salt, "|".join(parts), algorithm="sha256").hexdigest()

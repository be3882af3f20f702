"""Accounts: what a person signs in with, the addresses that are theirs for ever, and how each sign-in went."""

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.academy.facts import academy
from vaguemestre.people.models import Person


class Account(models.Model):
    """`key` is opaque and permanent: home folder, IMAP user, sender ownership, journal. Names change around it."""

    class State(models.TextChoices):
        """The life of an account. Each step is a date (`opens_on`, `closes_on`); a lock is apart."""

        PENDING = "pending", _("opens on the date of duty")
        OPEN = "open", _("open")
        CLOSED = "closed", _("sign-in closed, mail still received")
        STOPPED = "stopped", _("mail no longer received")

    class PasswordKind(models.TextChoices):
        NONE = "none", _("no password yet")
        PROVISIONAL = "provisional", _("provisional password of the letter")
        OWN = "own", _("chosen password")

    key = models.CharField(primary_key=True, max_length=12)  # "a0000001"
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    identifier = models.CharField(max_length=64, unique=True)
    local_part = models.CharField(max_length=64, unique=True)  # of the main address
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    opens_on = models.DateField(db_index=True)
    closes_on = models.DateField(null=True, db_index=True)  # first day without sign-in
    locked_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=5, default="fr")
    mail_version = models.PositiveIntegerField(default=1)  # what the daemons' file must have reached
    created_at = models.DateTimeField()

    password = models.CharField(max_length=150, null=True)  # PHC string: $argon2id$v=19$m=…
    password_kind = models.CharField(max_length=12, choices=PasswordKind, default=PasswordKind.NONE)
    password_set_at = models.DateTimeField(null=True)
    provisional_expires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key

    @property
    def address(self) -> str:
        return f"{self.local_part}@{academy().domain}"

    @property
    def addresses(self) -> list[str]:
        """Every delivered form, the main one first. One query, or none when `local_parts` is prefetched."""
        forms = [self.local_part, self.local_part.replace(".", "")]
        for part in self.local_parts.all():
            forms += [part.local_part, part.undotted]
        return [f"{form}@{academy().domain}" for form in dict.fromkeys(forms)]

    @property
    def display_name(self) -> str:
        return self.person.full_name

    @property
    def first_signin_due(self) -> bool:
        """Until a password of their own is chosen, nothing else opens."""
        return self.password_kind != self.PasswordKind.OWN

    @property
    def delivers(self) -> bool:
        """Mail is received before the first sign-in and for a while after the last."""
        return self.state in {self.State.PENDING, self.State.OPEN, self.State.CLOSED}

    def refusal(self, today: date) -> "Refusal | None":
        """Why nobody may sign in to this account today, whatever the password. By the dates, so no job can be late."""
        if self.locked_at is not None:
            return Refusal.LOCKED
        if self.state in {self.State.CLOSED, self.State.STOPPED} or (self.closes_on and self.closes_on <= today):
            return Refusal.CLOSED
        if self.opens_on > today:
            return Refusal.PENDING
        return None

    def mail_refusal(self, today: date) -> "Refusal | None":
        """The same for IMAP and SMTP, which wait for the first sign-in as well."""
        return self.refusal(today) or (Refusal.FIRST_SIGNIN if self.first_signin_due else None)


class Refusal(models.TextChoices):
    """Why an account is shut: for the sign-in log, the help desk and what Dovecot says to its owner."""

    LOCKED = "locked", _("locked by the help desk")
    CLOSED = "closed", _("duty has ended")
    PENDING = "pending", _("duty has not begun")
    FIRST_SIGNIN = "first-signin", _("first sign-in not done")


class LocalPart(models.Model):
    """One table for the whole domain: whatever stands here is never given to anybody else, for ever.

    `undotted` is what must be unique: `jea.nmartin` and `jean.martin` share `jeanmartin`. Both forms are delivered and
    both sign in. Rows are never deleted.
    """

    class Kind(models.TextChoices):
        MAIN = "main", _("main address")
        FORMER = "former", _("former address")
        IDENTIFIER = "identifier", _("identifier")
        FUNCTIONAL = "functional", _("functional mailbox or list")
        RESERVED = "reserved", _("reserved")

    local_part = models.CharField(max_length=64, unique=True)
    undotted = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="local_parts")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=models.Q(kind__in=["main", "identifier"]),
                name="one_main_address_one_identifier",
            ),
        ]

    def __str__(self) -> str:
        return self.local_part


class Numbering(models.Model):
    """The last account number given. Its row is locked while names are given, so that two imports take turns."""

    name = models.CharField(primary_key=True, max_length=20)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last}"


class FormerPassword(models.Model):
    """The last passwords chosen, the present one included: a new one is none of them."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="former_passwords")
    encoded = models.CharField(max_length=150)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.set_at}"


class Session(models.Model):
    """A signed-in browser. The cookie's token is stored hashed; no address is bound to it."""

    token_hash = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)  # the absolute end
    shared_computer = models.BooleanField(default=False)
    address = models.GenericIPAddressField(null=True)  # where it was opened, to be recognised in a list
    agent = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.account_id} {self.created_at}"


class KnownDevice(models.Model):
    """A browser that has signed in to this account before: strangers' failures elsewhere do not slow it down."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="known_devices")
    token_hash = models.CharField(max_length=64)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token_hash", "account"], name="device_known_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.seen_at}"


class SignIn(models.Model):
    """One sign-in that succeeded or failed, on the web or in a mail program, kept a year.

    A mail program comes back all day: the same thing again within the hour is the same line (`times`, and `at` moves).

    What was typed for an unknown name is not kept: people type their password in the wrong box.
    """

    class Channel(models.TextChoices):
        WEB = "web", _("portal")
        IMAP = "imap", _("mail program (reading)")
        SMTP = "smtp", _("mail program (sending)")

    class Result(models.TextChoices):
        GOOD = "good", _("signed in")
        WRONG = "wrong", _("wrong password")
        UNKNOWN = "unknown", _("unknown identifier")
        EXPIRED = "expired", _("provisional password expired")
        THROTTLED = "throttled", _("too many tries")
        LOCKED = "locked", _("account locked")
        CLOSED = "closed", _("account closed")
        PENDING = "pending", _("account not yet open")
        FIRST_SIGNIN = "first-signin", _("first sign-in not done")

    at = models.DateTimeField(db_index=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="sign_ins")
    channel = models.CharField(max_length=4, choices=Channel)
    result = models.CharField(max_length=12, choices=Result)
    address = models.GenericIPAddressField(null=True)
    network = models.CharField(max_length=50)  # /24 or /56 of the address
    agent = models.CharField(max_length=200, default="")
    times = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "at"], name="sign_ins_of_account"),
            models.Index(fields=["account", "network", "result"], name="known_networks"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.channel} {self.result}"


class Failure(models.Model):
    """Wrong passwords in a row, for one subject: a name from a network or a device, a name, or a network."""

    subject = models.CharField(primary_key=True, max_length=64)  # a keyed hash: no typed name is stored
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)
    last_secret = models.CharField(max_length=16, default="")  # few bits: the same wrong password again is one try

    def __str__(self) -> str:
        return f"{self.count} until {self.blocked_until}"

    def blocks(self, now: datetime) -> bool:
        return self.blocked_until is not None and self.blocked_until > now


class ProjectionRequest(models.Model):
    """Outbox: this account's rows in the daemons' file must reach this version. The projector removes it."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="projection_request")
    version = models.PositiveIntegerField()
    requested_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.version}"

"""Accounts: what a person signs in with, and the addresses that are theirs for ever."""

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vaguemestre.academy.facts import academy
from vaguemestre.people.models import Person


class PersonAccounts(models.Manager["Account"]):
    """Without shared mailboxes: whatever counts, closes or looks up people meets none by accident."""

    def get_queryset(self) -> "models.QuerySet[Account]":
        return super().get_queryset().filter(kind=Account.Kind.PERSON)


class Account(models.Model):
    """`key` is opaque and permanent: home folder, IMAP user, sender ownership, journal. Names change around it."""

    class State(models.TextChoices):
        """The life of an account. Each step is a date (`opens_on`, `closes_on`); a lock is apart."""

        PENDING = "pending", _("opens on the date of duty")
        OPEN = "open", _("open")
        CLOSED = "closed", _("sign-in closed, mail still received")
        STOPPED = "stopped", _("mail no longer received")
        PURGED = "purged", _("mailbox deleted, names kept")

    ENDED: ClassVar = frozenset({State.CLOSED, State.STOPPED, State.PURGED})

    class Kind(models.TextChoices):
        PERSON = "person", _("of a person")
        SHARED = "shared", _("shared mailbox")  # nobody signs in to it under its own name

    class PasswordKind(models.TextChoices):
        NONE = "none", _("no password yet")
        PROVISIONAL = "provisional", _("provisional password of the letter")
        TEMPORARY = "temporary", _("temporary password of the help desk")
        OWN = "own", _("chosen password")

    class Method(models.TextChoices):
        """What the one field of the sign-in page is compared with. Never both: a sign-in costs one verification."""

        PASSWORD = "password", _("password")
        OTP_KEY = "otp-key", _("code of an OTP key")

    key = models.CharField(primary_key=True, max_length=12)  # "a0000001", of a shared mailbox "b0000001"
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.PERSON)
    # None of a shared mailbox alone, which has a name of its own instead (`objects` gives persons only).
    person: "models.OneToOneField[Person, Person]" = models.OneToOneField(  # type: ignore[misc]  # see above
        Person, on_delete=models.PROTECT, related_name="account", null=True
    )
    shared_name = models.CharField(max_length=200, default="")
    in_boxes = models.BooleanField(default=False)  # member of a shared mailbox; `shared_mailboxes` keeps it true
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
    provisional_expires_at = models.DateTimeField(null=True)  # of the letter's password or the help desk's

    method = models.CharField(max_length=10, choices=Method, default=Method.PASSWORD)
    # Kept true by `factors.factor_state`, so that neither a sign-in nor the projection has to look. Mail programs then
    # need passwords of their own.
    second_factor = models.BooleanField(default=False)
    charter_version = models.CharField(max_length=20, default="")  # the last one accepted; empty: none yet
    charter_accepted_at = models.DateTimeField(null=True)
    welcomed_at = models.DateTimeField(null=True)  # the path of the first sign-in was walked to its end

    frozen_at = models.DateTimeField(null=True)  # nothing leaves in this account's name (stolen account)
    mail_blocked_until = models.DateTimeField(null=True)  # the mailbox is shut, the other applications are not

    objects = PersonAccounts()
    every: ClassVar[models.Manager["Account"]] = models.Manager()  # shared mailboxes too

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind="person", person__isnull=False) | models.Q(kind="shared", person__isnull=True),
                name="account_of_a_person_or_shared",
            )
        ]

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
    def is_shared(self) -> bool:
        return self.kind == self.Kind.SHARED

    @property
    def display_name(self) -> str:
        return self.shared_name if self.is_shared else self.person.full_name

    @property
    def first_signin_due(self) -> bool:
        """Until a password of their own is chosen and the charter accepted once, nothing else opens, mail included."""
        if self.is_shared:
            return False
        return self.password_kind != self.PasswordKind.OWN or not self.charter_version

    @property
    def needs_app_passwords(self) -> bool:
        """Mail programs cannot show a second factor: they get passwords of their own, and this one opens none."""
        return self.second_factor or self.method == self.Method.OTP_KEY

    @property
    def delivers(self) -> bool:
        """Mail is received before the first sign-in and for a while after the last."""
        return self.state in {self.State.PENDING, self.State.OPEN, self.State.CLOSED}

    def refusal(self, today: date) -> "Refusal | None":
        """Why nobody may sign in to this account today, whatever the password. By the dates, so no job can be late."""
        if self.locked_at is not None:
            return Refusal.LOCKED
        if self.state in self.ENDED or (self.closes_on and self.closes_on <= today):
            return Refusal.CLOSED
        if self.opens_on > today:
            return Refusal.PENDING
        return None

    def has_left(self, today: date) -> bool:
        return self.refusal(today) == Refusal.CLOSED

    def portal_refusal(self, today: date) -> "Refusal | None":
        """For the portal alone, which a leaver may enter for a while: to take their mail along, nothing else."""
        refusal = self.refusal(today)
        return None if refusal == Refusal.CLOSED and self._may_fetch(today) else refusal

    def _may_fetch(self, today: date) -> bool:
        if self.closes_on is None or self.first_signin_due:
            return False
        return today < self.closes_on + timedelta(days=academy().departure.portal_days)

    def mail_refusal(self, now: datetime) -> "Refusal | None":
        """The same for reading mail, which waits for the first sign-in as well, and may be shut alone for a time."""
        if shut := self.refusal(timezone.localdate(now)):
            return shut
        if self.mail_blocked_until and self.mail_blocked_until > now:
            return Refusal.BLOCKED
        return Refusal.FIRST_SIGNIN if self.first_signin_due else None

    def sending_refusal(self, now: datetime) -> "Refusal | None":
        """And for sending, which may be frozen alone."""
        return self.mail_refusal(now) or (Refusal.FROZEN if self.frozen_at else None)


class Refusal(models.TextChoices):
    """Why an account is shut: for the sign-in log, the help desk and what Dovecot says to its owner."""

    LOCKED = "locked", _("locked by the help desk")
    CLOSED = "closed", _("duty has ended")
    PENDING = "pending", _("duty has not begun")
    FIRST_SIGNIN = "first-signin", _("first sign-in not done")
    BLOCKED = "blocked", _("mailbox shut for a time")
    FROZEN = "frozen", _("sending suspended")
    APP_PASSWORD = "app-password", _("an application password is needed")


class LocalPart(models.Model):
    """One table for the whole domain: whatever stands here is never given to anybody else, for ever.

    `undotted` is what must be unique: `jea.nmartin` and `jean.martin` share `jeanmartin`. Both forms are delivered and
    both sign in. Rows are never deleted. `base`: of a main address, what it shares with those of the same name.
    """

    class Kind(models.TextChoices):
        MAIN = "main", _("main address")
        FORMER = "former", _("former address")
        IDENTIFIER = "identifier", _("identifier")
        FUNCTIONAL = "functional", _("functional mailbox or list")
        RESERVED = "reserved", _("reserved")

    local_part = models.CharField(max_length=64, unique=True)
    undotted = models.CharField(max_length=64, unique=True)
    base = models.CharField(max_length=64, blank=True, default="", db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="local_parts")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=models.Q(kind__in=["main", "identifier"]),
                name="one_main_address_one_identifier",
            )
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


class ProjectionRequest(models.Model):
    """Outbox: this account's rows in the daemons' file must reach this version. The projector removes it."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="projection_request")
    version = models.PositiveIntegerField()
    requested_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.version}"

"""Signed-in browsers, known ones, and how each sign-in went."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models.account import Account


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
    # The last time its owner proved who they are: sensitive acts ask for a recent one.
    proved_at = models.DateTimeField(db_default=Now())
    strong = models.BooleanField(default=False)  # opened with two factors, an OTP key or a passkey
    by_text = models.BooleanField(default=False)  # the second was a text message: not for a role
    # A role asks for a second factor: until there is one, only the page that sets it up opens.
    factor_due = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.account_id} {self.created_at}"

    @property
    def strong_for_a_role(self) -> bool:
        return self.strong and not self.by_text

    @property
    def owes_factor(self) -> bool:
        return self.factor_due and not self.strong_for_a_role


class PendingSignIn(models.Model):
    """Right so far, and one step is owed before a session opens. The browser holds the token; the table its hash.

    It dies with whatever it stands on: `foundation` is a trace of the password and of the way to sign in at that time.
    """

    class Owes(models.TextChoices):
        FACTOR = "factor", _("second factor")
        ENROL = "enrol", _("first code of an OTP key")
        NEXT_CODE = "next-code", _("next code of an OTP key")

    token_hash = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="half_sign_ins")
    owes = models.CharField(max_length=10, choices=Owes)
    foundation = models.CharField(max_length=64)
    failures = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)
    shared_computer = models.BooleanField(default=False)
    next = models.CharField(max_length=2000, default="")  # where to go afterwards, checked already
    # What the log says until the step is done: somebody knew the password, and stopped there.
    line = models.ForeignKey("SignIn", on_delete=models.SET_NULL, null=True, related_name="+")
    reached = models.BooleanField(default=False)  # by a code of the rescue contact: a source of its own for `throttle`

    class Meta:
        db_table = "accounts_halfsignin"

    def __str__(self) -> str:
        return f"{self.account_id} owes {self.owes}"


class KeptForm(models.Model):
    """What a form without script held when its session turned out to have ended: offered again to the same person."""

    key = models.CharField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="kept_forms")
    sealed = models.TextField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.account_id} until {self.expires_at}"


class KnownDevice(models.Model):
    """A browser that has signed in to this account before: strangers' failures elsewhere do not slow it down."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="known_devices")
    token_hash = models.CharField(max_length=64)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token_hash", "account"], name="device_known_once")]

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
        BLOCKED = "blocked", _("mailbox shut for a time")
        FROZEN = "frozen", _("sending suspended")
        APP_PASSWORD = "app-password", _("an application password is needed")
        FACTOR = "factor", _("second factor missing or wrong")

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
    """Tries that were not good, for one subject of `throttle`: a name or an account from one source, and so on."""

    subject = models.CharField(primary_key=True, max_length=64)  # a keyed hash: no typed name is stored
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)
    last_secret = models.CharField(max_length=16, default="")  # few bits: the same wrong password again is one try

    def __str__(self) -> str:
        return f"{self.count} until {self.blocked_until}"

    def blocks(self, now: datetime) -> bool:
        return self.blocked_until is not None and self.blocked_until > now

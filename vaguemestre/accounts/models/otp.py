"""OTP keys: the stock, who holds which, who held it before, and who asked for one."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from vaguemestre.accounts.models.account import Account


class OtpKey(models.Model):
    """One key: a fob of the stock, or an application on its holder's phone.

    `counter` is the first moving factor that has not been used: the counter of RFC 4226, or a time step of RFC 6238.
    It only grows, by a conditional update, so that no code ever works twice.
    """

    class Kind(models.TextChoices):
        HOTP = "hotp", _("event-based (RFC 4226)")
        TOTP = "totp", _("time-based (RFC 6238)")

    class Carrier(models.TextChoices):
        FOB = "fob", _("key fob")
        TELEPHONE = "telephone", _("application on a telephone")

    class State(models.TextChoices):
        STOCK = "stock", _("in stock")
        ASSIGNED = "assigned", _("set aside, to be handed over")
        HANDED = "handed", _("handed over, not yet activated")
        ACTIVE = "active", _("active")
        PIN_RESET = "pin-reset", _("waiting for a new PIN")
        BLOCKED = "blocked", _("blocked after three wrong PINs")
        LOST = "lost", _("declared lost")
        RETIRED = "retired", _("withdrawn")

    serial = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=4, choices=Kind)
    carrier = models.CharField(max_length=10, choices=Carrier, default=Carrier.FOB)
    algorithm = models.CharField(max_length=6, default="sha1")
    digits = models.PositiveSmallIntegerField(default=6)
    period = models.PositiveSmallIntegerField(default=30)  # seconds of one step; unused by HOTP
    secret = models.CharField(max_length=400)  # under `accounts.secret_sealing`
    department = models.CharField(max_length=3, db_index=True)  # whose stock it belongs to
    state = models.CharField(max_length=10, choices=State, default=State.STOCK)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="otp_keys")

    counter = models.PositiveBigIntegerField(default=0)
    drift = models.SmallIntegerField(default=0)  # steps by which its clock is ahead of ours; TOTP only
    # A code seen far outside the window: the one that follows it (this moving factor), typed alone, puts it right.
    awaited = models.PositiveBigIntegerField(null=True)
    awaited_until = models.DateTimeField(null=True)

    pin = models.CharField(max_length=150, null=True)  # Argon2id, as passwords
    next_pin = models.CharField(max_length=150, null=True)  # chosen, not yet proved by a code
    pin_failures = models.PositiveSmallIntegerField(default=0)  # wrong PINs before a right code, in a row
    opens_until = models.DateTimeField(null=True)  # until when a code without PIN begins the choice of one

    imported_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    activated_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    asked_back_at = models.DateTimeField(null=True)  # its holder leaves, or has another one

    class Meta:
        indexes: ClassVar = [models.Index(fields=["department", "state"], name="otp_keys_of_stock")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["handed", "active", "pin-reset", "blocked"]),
                name="one_otp_key_in_use",
            ),
            models.UniqueConstraint(
                fields=["account", "carrier"], condition=Q(state="assigned"), name="one_otp_key_set_aside"
            ),
            models.CheckConstraint(
                condition=Q(state="stock", account__isnull=True) | (~Q(state="stock") & Q(account__isnull=False))
                | Q(state="retired"),
                name="otp_key_in_stock_is_nobodys",
            ),
            models.CheckConstraint(condition=~Q(state="active") | Q(pin__isnull=False), name="active_otp_key_has_pin"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.serial

    @property
    def subject(self) -> str:
        """What the journal calls this key while it is nobody's."""
        return f"otp-key:{self.serial}"

    def opens(self, now: datetime) -> bool:
        """A code without PIN begins the choice of a PIN."""
        choosing = self.state in {self.State.HANDED, self.State.PIN_RESET}
        return choosing and self.opens_until is not None and now < self.opens_until

    def awaits(self, now: datetime) -> bool:
        return self.awaited is not None and self.awaited_until is not None and now < self.awaited_until


IN_USE = (OtpKey.State.HANDED, OtpKey.State.ACTIVE, OtpKey.State.PIN_RESET, OtpKey.State.BLOCKED)


class OtpHolding(models.Model):
    """Who held which key, from the signed slip to its return. A row goes only with its purged account."""

    class End(models.TextChoices):
        RETURNED = "returned", _("returned")
        LOST = "lost", _("lost")
        REPLACED = "replaced", _("replaced")
        CANCELLED = "cancelled", _("never handed over")

    key = models.ForeignKey(OtpKey, on_delete=models.PROTECT, related_name="holdings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="otp_holdings")
    slip = models.CharField(max_length=20, default="")  # number of the slip of delivery; none for a phone
    assigned_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    handed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=End, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=Q(ended_at__isnull=True), name="one_holder_an_otp_key")
        ]

    def __str__(self) -> str:
        return f"{self.key_id} {self.account_id}"


class OtpRequest(models.Model):
    """A person asks for a key; the head of their establishment decides; the help desk hands over."""

    class Motive(models.TextChoices):
        FIRST = "first", _("first key")
        RENEWAL = "renewal", _("worn-out key")
        LOST = "lost", _("lost or stolen key")
        NEW_TELEPHONE = "new-telephone", _("new telephone")

    class State(models.TextChoices):
        ASKED = "asked", _("waits for a decision")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", pgettext_lazy("request for a key", "refused")
        HANDED = "handed", _("handed over")
        WITHDRAWN = "withdrawn", _("withdrawn")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="otp_requests")
    carrier = models.CharField(max_length=10, choices=OtpKey.Carrier, default=OtpKey.Carrier.FOB)
    motive = models.CharField(max_length=15, choices=Motive)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    department = models.CharField(max_length=3, db_index=True)
    asked_at = models.DateTimeField(db_index=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    word = models.CharField(max_length=300, default="")  # of whoever decided, for the person who asked
    key = models.ForeignKey(OtpKey, on_delete=models.PROTECT, null=True, related_name="requests")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=["asked", "approved"]), name="one_open_otp_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.motive} {self.state}"

    @property
    def open(self) -> bool:
        return self.state in {self.State.ASKED, self.State.APPROVED}

"""Where a person is reached when the mailbox is shut, and codes that prove it."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models.account import Account


class RescueContact(models.Model):
    """A private address, confirmed by a code, and a number that the help desk calls; where text messages are sent it
    may be confirmed too, and is then a way back like the address. `put_off_at`: not wanted yet."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="rescue")
    email = models.CharField(max_length=254, default="")
    confirmed_at = models.DateTimeField(null=True)
    phone = models.CharField(max_length=20, default="")  # digits and pairs as they are dialled in France, or +…
    phone_confirmed_at = models.DateTimeField(null=True)
    by_text = models.BooleanField(default=False)  # a lost password: a code to the phone rather than a link
    put_off_at = models.DateTimeField(null=True)
    # Told of what happens for some weeks more: whoever takes an account begins with this address.
    former_email = models.CharField(max_length=254, default="")
    former_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.account_id


class Code(models.Model):
    """Six digits on their way to an address or a phone. One at a time for each purpose; a new one replaces it."""

    class Purpose(models.TextChoices):
        RESCUE = "rescue", _("confirm a rescue contact")
        REDIRECTION = "redirection", _("confirm a redirection")
        IDENTITY = "identity", _("prove one’s identity on the telephone")
        PHONE = "phone", _("confirm a telephone number")
        SIGN_IN = "sign-in", _("second step of a sign-in")
        LOCKOUT = "lockout", _("sign in while many tries hold the account")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=12, choices=Purpose)
    target = models.CharField(max_length=254)
    hash = models.CharField(max_length=64, default="")  # keyed; empty once used
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    # How many were sent since the morning of the first one: nobody fills a stranger's mailbox with our codes.
    sent_today = models.PositiveSmallIntegerField(default=0)
    today_since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "purpose"], name="one_code_a_purpose")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.purpose} {self.sent_at}"

    def may_be_resent_in(self, now: datetime) -> timedelta:
        """Zero when another may be sent."""
        return max(self.sent_at + RESENT_AFTER - now, timedelta(0))

    def alive(self, now: datetime) -> bool:
        return bool(self.hash) and self.expires_at > now and self.tries < TRIES


TRIES = 5
RESENT_AFTER = timedelta(minutes=1)

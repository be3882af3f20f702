"""A stolen account being shut: which parts are done, which are still to do."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models.account import Account


class AccountShutdown(models.Model):
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="drills")
    by = models.CharField(max_length=60)  # as in the journal
    reason = models.CharField(max_length=300)
    since = models.DateTimeField()  # what was set up from this moment on is undone
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_drill"

    def __str__(self) -> str:
        return f"{self.account_id} {self.started_at}"


class ShutdownStep(models.Model):
    """One part of it. `said` tells what was found there, for the result page; never what a message says."""

    class Act(models.TextChoices):
        SESSIONS = "sessions", _("sessions closed")
        APP_PASSWORDS = "app-passwords", _("application passwords withdrawn")
        PASSWORD = "password", _("password void")
        FACTORS = "factors", _("second factors added lately withdrawn")
        KEYS = "otp-keys", _("OTP keys activated lately ended")
        RESCUE = "rescue", _("rescue contact confirmed lately void")
        LINKS = "links", _("half sign-ins and reset links dead")
        FREEZE = "freeze", _("sending frozen")
        BLOCK = "block", _("mailbox shut")
        DAEMONS = "daemons", _("mail programs cut off")
        REDIRECTIONS = "redirections", _("redirections and filters undone")
        SENT = "sent", _("sent messages listed")

    drill = models.ForeignKey(AccountShutdown, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField(max_length=15, choices=Act)
    done_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(null=True)
    said: Any = models.JSONField(default=list)
    failed_at = models.DateTimeField(null=True)  # the last try that failed
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "accounts_drillstep"
        constraints: ClassVar = [models.UniqueConstraint(fields=["drill", "act"], name="one_step_an_act")]

    def __str__(self) -> str:
        return f"{self.drill_id} {self.act}"

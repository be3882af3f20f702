"""What the service tells a person about their own account."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models.account import Account


class Notice(models.Model):
    """One sensitive change or event, shown in the account until it is read, and sent by mail as well."""

    class Kind(models.TextChoices):
        PASSWORD = "password", _("password changed")
        RESCUE_CONTACT = "rescue-contact", _("rescue contact changed")
        OTP_KEY = "otp-key", _("OTP key changed")
        FACTOR = "factor", _("second factor changed")
        APP_PASSWORD = "app-password", _("application password made or withdrawn")
        REDIRECTION = "redirection", _("redirection changed")
        NEW_DEVICE = "new-device", _("sign-in from a new device")
        HELP_DESK = "help-desk", _("act of the help desk")
        STOLEN = "stolen", _("account declared stolen")
        LEAVING = "leaving", _("duty ends")
        EXPORT = "export", _("export of the mailbox")
        WITHDRAWAL = "withdrawal", _("dangerous message taken out")
        SHARED_MAILBOX = "shared-mailbox", _("shared mailbox")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    details: Any = models.JSONField(default=dict)  # what the sentence needs; never a secret, never a NUMEN
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "at"], name="notices_of_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind} {self.at}"

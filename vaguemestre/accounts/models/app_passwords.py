"""Passwords of mail programs."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models.account import Account


class AppPassword(models.Model):
    """A password of one mail program, shown once. Withdrawn ones are kept, and so still known.

    Or none: a program that was let in on the portal (`by_portal`) shows tokens instead; all the rest is the same."""

    class Scope(models.TextChoices):
        BOTH = "both", _("Read and send")
        IMAP = "imap", _("Read only")
        SMTP = "smtp", _("Send only")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="app_passwords")
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=4, choices=Scope, default=Scope.BOTH)
    # SHA-256 of 99 random bits: nothing that could be guessed, so nothing that a slow hash would protect.
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    last_used_address = models.GenericIPAddressField(null=True)
    last_used_for = models.CharField(max_length=4, choices=Scope, default="")  # imap or smtp
    withdrawn_at = models.DateTimeField(null=True)
    by_portal = models.BooleanField(default=False)  # then `hash` is of no password

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "withdrawn_at"], name="app_passwords_of_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.name}"

"""What the console itself remembers: how callers proved who they are."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account


class IdentityProof(models.Model):
    """One try, good or not. A good one counts for some minutes, for this agent and this account only."""

    class Method(models.TextChoices):
        CODE = "code", _("code sent to the rescue contact")
        QUESTIONS = "questions", _("questions on the file")
        IN_PERSON = "in-person", _("seen in person, with an identity document")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identity_proofs")
    agent = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    method = models.CharField(max_length=10, choices=Method)
    good = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "at"], name="proofs_of_account"),
            models.Index(fields=["agent", "at"], name="proofs_by_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.method} {self.good}"

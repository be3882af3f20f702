"""Sheets of paper: which letter was made for whom, where it is, and in which batch it was printed."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import School


class Register(models.Model):
    """The last number given in one series ("2026-80"). Its row is locked while numbers are given."""

    series = models.CharField(primary_key=True, max_length=20)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series} {self.last}"


class Batch(models.Model):
    """What is printed in one go, at most once. Until `printed_at` its letters are still sealed."""

    number = models.CharField(max_length=20, unique=True)  # "L2026-80-003"
    department = models.CharField(max_length=3)  # whose office signs
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True)  # when made for one establishment
    created_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class Letter(models.Model):
    """The provisional password exists in clear nowhere; sealed here from the moment it is made until it is printed."""

    class Reason(models.TextChoices):
        JOINER = "joiner", _("joiner")
        REISSUE = "reissue", _("re-issue")

    class State(models.TextChoices):
        PREPARED = "prepared", _("waits for its password")
        SEALED = "sealed", _("ready to print")
        PRINTED = "printed", _("printed")
        REVOKED = "revoked", _("revoked")

    number = models.CharField(max_length=20, unique=True)  # "2026-80-00412"
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="letters")
    department = models.CharField(max_length=3, db_index=True)  # of the managing office, until it is printed
    reason = models.CharField(max_length=10, choices=Reason)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    sealed = models.CharField(max_length=200, null=True)  # the password under the sealing key
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="letters")
    prepared_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    printed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="letters_by_state")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state__in=["prepared", "sealed"]),
                name="one_waiting_letter_an_account",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sealed", sealed__isnull=False)
                | (~models.Q(state="sealed") & models.Q(sealed__isnull=True)),
                name="secret_only_while_sealed",
            ),
        ]

    def __str__(self) -> str:
        return self.number

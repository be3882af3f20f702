"""A mailbox taken along: ordered, made piece by piece, fetched by its owner, swept."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account


class Export(models.Model):
    """One archive. `folder` and `after` say where the making continues after a crash."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits its turn")
        MAKING = "making", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("given up")
        SWEPT = "swept", _("deleted")

    UNDER_WAY: ClassVar = (State.WAITING, State.MAKING)

    key = models.CharField(primary_key=True, max_length=32)  # random: names its folder and its address
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="exports")
    ordered_by = models.CharField(max_length=80)  # the person's account key, or an agent's
    reason = models.CharField(max_length=200, default="")  # of an access request
    ordered_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_index=True)
    total = models.PositiveIntegerField(default=0)  # messages
    done = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)  # bytes of the archive, once ready
    failure = models.CharField(max_length=20, default="")  # a word of making.Failure
    attempts = models.PositiveSmallIntegerField(default=0)  # in a row without progress
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    fetched_at = models.DateTimeField(null=True)  # the first time

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(state__in=["waiting", "making"]), name="one_export_under_way"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.state} {self.done}/{self.total}"


class ExportedFolder(models.Model):
    """One folder of the mailbox, as it stood when the making began, and how far it is written."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="folders")
    number = models.PositiveSmallIntegerField()
    name = models.TextField()  # as the mail server has it, UTF-8, "/" between levels
    total = models.PositiveIntegerField()
    after = models.PositiveBigIntegerField(default=0)  # the last UID written
    done = models.PositiveIntegerField(default=0)
    octets = models.PositiveBigIntegerField(default=0)  # of its file: what a crash left beyond is cut
    packed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["export", "number"], name="one_folder_a_number")]

    def __str__(self) -> str:
        return f"{self.export_id} {self.number}"


class ExportLink(models.Model):
    """The way to one export for its owner who can no longer sign in: a link, a code, then the file. Opens nothing else.

    Spent by the right code, which gives the browser a pass of its own. Of both, and of the code, only hashes are kept.
    """

    token_hash = models.CharField(primary_key=True, max_length=64)
    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="links")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # spent, or replaced by another
    code_hash = models.CharField(max_length=64, default="")  # keyed; empty once used
    code_sent_at = models.DateTimeField(null=True)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # at the present code
    pass_hash = models.CharField(max_length=64, default="", db_index=True)
    pass_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.export_id} {self.made_at}"

    def alive(self, now: datetime) -> bool:
        return self.ended_at is None and self.expires_at > now

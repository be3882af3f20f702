"""The table of acts on many messages; `bulk.py` does them."""

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from vaguemestre.accounts.models import Account


class BulkAct(models.Model):
    """One act on more messages than a person waits for. The list of what is left (`todo`, ranges as in IMAP) is fixed
    when it is asked for: what arrives meanwhile is never taken. `bulk_actions.py` does it, in slices. An act on what
    lies in several folders is one row for each, of one `batch`."""

    class Verb(models.TextChoices):
        MOVE = "move"
        READ = "read"
        UNREAD = "unread"
        STAR = "star"
        UNSTAR = "unstar"
        DELETE = "delete"
        LABEL = "label"  # `flag` is its keyword
        UNLABEL = "bare"
        LATER = "later"  # put off `until`

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"  # by the person: the rest was left as it was
        FAILED = "failed"  # `failure` says why; the rest was left as it was

    key = models.CharField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="bulk_acts")
    verb = models.CharField(max_length=6, choices=Verb)
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    source = models.CharField(max_length=32)
    source_validity = models.PositiveBigIntegerField()
    target = models.CharField(max_length=32, default="")  # of what is deleted: `ASIDE`, or empty when for good
    label = models.CharField(max_length=400, default="")  # of the folder moved to, or the label, or the hour, in words
    flag = models.CharField(max_length=100, default="")
    until = models.DateTimeField(null=True)
    batch = models.CharField(max_length=32, default="")  # the same for rows of one act; empty: it has only this one

    todo = models.TextField()
    pending = models.TextField(default="")  # being done at this moment: after a crash one looks whether it was
    pending_from = models.PositiveBigIntegerField(default=0)  # the next number of the target before they were moved
    changed = models.TextField(
        default=""
    )  # what an undo puts back: numbers in `target` of what moved, else in `source`
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=10, default="")
    waiting = models.BooleanField(default=False)  # the mail server does not answer; it continues by itself
    stop_asked = models.BooleanField(default=False)
    undoes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="undone_by")

    shown = models.BooleanField(default=True)  # until the person has put its notice away
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "created_at"], name="bulk_acts_of_account")]

    def __str__(self) -> str:
        return self.key

    @property
    def lock_path(self) -> Path:
        """Locked by the process that is at it: a claim ends with its process."""
        return Path(settings.MAIL["outbox"]) / "bulk" / f"{self.key}.lock"

    @property
    def brings_back(self) -> bool:
        """What waits in "Plus tard" goes home: it is put off until the very moment when that was asked."""
        return self.verb == self.Verb.LATER and self.until == self.created_at

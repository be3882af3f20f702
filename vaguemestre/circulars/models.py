"""Circulars: what is written to a list, who approved it, and how far each copy of it is."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vaguemestre.accounts.models import Account
from vaguemestre.handouts.sealed_files import SealedFile
from vaguemestre.lists.models import SavedList
from vaguemestre.people.models import School


class Circular(models.Model):
    """It belongs to a post, as a list does: `place` and `post`. `digest` is that of all that the second person saw."""

    class State(models.TextChoices):
        DRAFT = "draft"
        ASKED = "asked"  # waits for the second person
        RETURNED = "returned"  # with a sentence
        APPROVED = "approved"  # leaves, or has left

    key = models.CharField(primary_key=True, max_length=32)  # random: names its address
    place = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=10, choices=SavedList.Post)
    author = models.CharField(max_length=60)  # key of an account, as in the journal
    author_name = models.CharField(max_length=200)
    reply_to = models.CharField(max_length=320, default="")  # a shared mailbox; empty: its author
    list_name = models.CharField(max_length=80, default="")
    question = models.TextField(default="{}")  # `Question.as_text`
    perimeter = models.JSONField(default=dict)  # of its author on the day it was approved, for those who come later
    subject = models.CharField(max_length=200, default="")
    text = models.TextField(default="")
    search_text = models.TextField(default="")  # both, folded
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, db_index=True)
    changed_at = models.DateTimeField()
    digest = models.CharField(max_length=64, default="")
    asked_at = models.DateTimeField(null=True)
    approver = models.CharField(max_length=60, default="")  # who is to approve, then who approved
    approver_name = models.CharField(max_length=200, default="")
    approved_at = models.DateTimeField(null=True, db_index=True)
    remark = models.CharField(max_length=500, default="")  # why it came back
    leaves_at = models.DateTimeField(null=True)  # as chosen; null: once it is approved
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    withdrawn_at = models.DateTimeField(null=True, db_index=True)
    withdrawn_by = models.CharField(max_length=60, default="")
    withdrawal_reason = models.CharField(max_length=500, default="")  # as its readers see it

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(approver=F("author")), name="circular_approved_by_another"),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(approver="") & ~Q(digest="") & Q(approved_at__isnull=False),
                name="circular_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.state}"

    @property
    def is_scheduled(self) -> bool:
        """Approved, and not yet on its way."""
        prepared = self.state == self.State.APPROVED and self.mailings.filter(state=Dispatch.State.PREPARED)
        return bool(prepared and prepared.exists())


class CircularFile(models.Model):
    """Kept once on the disk (`handouts.sealed_files`), for all who may open it."""

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE, related_name="files")
    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    key_number = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def sealed(self) -> SealedFile:
        return SealedFile(self.key, self.key_number, self.size, self.digest)


class Dispatch(models.Model):
    """One departure of a circular: itself, its reminder, or the message that says that it is withdrawn. The recipients
    of the first are fixed before it is approved."""

    class Kind(models.TextChoices):
        FIRST = "first"
        REMINDER = "reminder"
        WITHDRAWAL = "withdrawal"

    class State(models.TextChoices):
        PREPARED = "prepared"
        SENDING = "sending"
        STOPPED = "stopped"
        SENT = "sent"

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE, related_name="mailings")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.FIRST)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED, db_index=True)
    message_token = models.CharField(max_length=32, unique=True)  # of its Message-ID, the same in each copy
    started_at = models.DateTimeField(null=True, db_index=True)
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, default="")  # why it does not advance
    looked_at = models.DateTimeField(null=True)  # in the mailboxes, for who has seen it
    looked_after = models.CharField(max_length=60, default="")  # key of an account: as far as that look has come

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["circular", "kind"], name="one_mailing_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.circular_id[:8]} {self.kind} {self.state}"

    @property
    def can_continue(self) -> bool:
        return self.state == self.State.STOPPED and (
            self.kind == self.Kind.WITHDRAWAL or self.circular.withdrawn_at is None
        )

    @property
    def in_mailboxes_since(self) -> datetime:
        """From when on its copies are looked for. Clocks differ."""
        return (self.started_at or self.circular.changed_at) - timedelta(hours=1)


class Delivery(models.Model):
    """One copy for one person."""

    class State(models.TextChoices):
        WAITING = "waiting"
        HANDING = "handing"  # written down before Postfix has it: what a crash leaves is handed over again
        QUEUED = "queued"
        DELIVERED = "delivered"
        IMPOSSIBLE = "impossible"
        LEFT = "left"  # no longer in post, or the account is shut: nothing was sent

    class Withdrawal(models.TextChoices):
        TAKEN = "taken"  # out of its mailbox, and kept apart
        KEPT = "kept"  # answered or forwarded: it stays
        ERASED = "erased"

    mailing = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="deliveries")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    queue_id = models.CharField(max_length=40, default="")
    handed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="")  # why it waits or cannot be, as Postfix reports
    seen_at = models.DateTimeField(null=True)
    withdrawal = models.CharField(max_length=10, choices=Withdrawal, default="")  # once the circular is withdrawn

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["mailing", "account"], name="one_copy_a_person")]
        indexes: ClassVar = [models.Index(fields=["mailing", "state", "id"], name="delivery_state")]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.account_id} {self.state}"

"""What is being written and what is on its way. Everything else that the webmail shows is asked of Dovecot."""

import secrets
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from vaguemestre.accounts.models import Account


class Outgoing(models.Model):
    """One message from the first word to its place in Sent. `key` is the compose id of the form: pressed twice, or in
    two tabs, it is still one message. The row disappears once the message is filed."""

    class State(models.TextChoices):
        DRAFT = "draft"
        QUEUED = "queued"  # the person has sent it; Postfix has not taken it yet
        SUBMITTED = "submitted"  # Postfix has it; it is not in Sent yet
        DONE = "done"  # kept for a while, so that a second press says "already sent" rather than sends

    class Kind(models.TextChoices):
        NEW = "new"
        REPLY = "reply"
        FORWARD = "forward"

    key = models.CharField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="outgoing")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NEW)
    sender = models.CharField(max_length=320)
    to = models.TextField(default="")  # as the person wrote them, mistakes included
    cc = models.TextField(default="")
    bcc = models.TextField(default="")
    subject = models.TextField(default="")
    text = models.TextField(default="")

    source_folder = models.CharField(max_length=32, null=True)  # the message answered or forwarded
    source_uid = models.PositiveBigIntegerField(null=True)
    source_message_id = models.TextField(default="")
    references = models.JSONField(default=list)
    draft_folder = models.CharField(max_length=32, null=True)  # the copy in Drafts, replaced at each deposit
    draft_uid = models.PositiveBigIntegerField(null=True)

    revision = models.PositiveIntegerField(default=0)
    writer = models.CharField(max_length=32, default="")  # the window that saved last
    depositing_until = models.DateTimeField(null=True)  # one process at a time replaces the copy
    deposited_revision = models.PositiveIntegerField(default=0)

    message_id = models.CharField(max_length=200, default="")
    recipients = models.JSONField(default=list)  # the envelope, fixed when sent
    failure = models.JSONField(null=True)  # what was refused, until the person has changed it
    claimed_until = models.DateTimeField(null=True)  # one process at a time speaks to Postfix about it
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "state"])]

    def __str__(self) -> str:
        return self.key

    @property
    def folder(self) -> Path:
        """Where its files are. The key was checked by its URL."""
        return Path(settings.MAIL["outbox"]) / self.key

    @property
    def message_path(self) -> Path:
        """The message as it goes out, written before anything is said to Postfix."""
        return self.folder / "message.eml"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class OutgoingFile(models.Model):
    """An attachment already received by the server. `name` is what the person called it, never a path."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    stored_as = models.CharField(max_length=32)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return self.outgoing.folder / self.stored_as


def new_key() -> str:
    return secrets.token_hex(16)

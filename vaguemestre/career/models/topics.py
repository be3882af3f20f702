"""« Votre courrier »: what a person and their HR officers write to each other, a thread a subject."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account


class Topic(models.Model):
    """Between one person and whoever handles their file: that is an office, not somebody."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        ERROR = "error", _("error reported in the file")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="career_threads")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.QUESTION)
    subject = models.CharField(max_length=120)
    quoted = models.CharField(max_length=300, blank=True, default="")  # the line of the file that is said to be wrong
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    waits_for_office = models.BooleanField(default=True)  # the last word is the person's
    done_at = models.DateTimeField(null=True)
    # The last message that each side has seen.
    person_saw = models.BigIntegerField(default=0)
    office_saw = models.BigIntegerField(default=0)

    class Meta:
        db_table = "career_thread"
        indexes: ClassVar = [
            models.Index(fields=["account", "last_at"], name="threads_of_account"),
            models.Index(fields=["done_at", "last_at"], name="threads_of_the_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.opened_at}"


class Message(models.Model):
    thread = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    signed = models.CharField(max_length=130)  # the author's name at that time
    from_office = models.BooleanField()
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["thread", "id"], name="messages_of_thread")]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.at}"


class Enclosure(models.Model):
    """A file sent with a message: its bytes lie in the room's folder under `key`, never under the name given."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="enclosures")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)  # by its first bytes
    size = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.key)

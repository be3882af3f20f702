"""Files that travel as a link: whose, up to when, and how often they were fetched. Their bytes are on the disk."""

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from vaguemestre.accounts.models import Account


class Handout(models.Model):
    """One file. It goes with a draft from its first byte, and with a letter from its sending; `name` is what its
    sender called it, never a path."""

    key = models.CharField(primary_key=True, max_length=32)  # random: names its file and its sender's addresses
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="handouts")
    letter = models.CharField(max_length=32, db_index=True)  # the compose id that the webmail knows
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    type = models.CharField(max_length=127)  # as it was declared: nothing is ever served as such
    key_number = models.PositiveIntegerField()  # the secret that its bytes are sealed under
    received = models.PositiveBigIntegerField(default=0)  # bytes that are here, sealed and on the disk
    modified = models.BigIntegerField(null=True)  # as its browser says; below 0: of which attachment it was made
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()  # the last bytes that came
    let_go_at = models.DateTimeField(null=True)  # its draft was thrown away: it waits for a change of mind

    token_hash = models.CharField(max_length=64, null=True, unique=True)  # of the link; none before it is sent
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, default="")
    delivered_at = models.DateTimeField(null=True)  # its message was taken: from here on it is no letter's any more
    expires_at = models.DateTimeField(null=True, db_index=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, default="")  # its owner's key, or `operator:name`
    swept_at = models.DateTimeField(null=True)  # its bytes are deleted
    password = models.CharField(max_length=150, default="")  # Argon2id, if its sender gave one
    tries = models.PositiveSmallIntegerField(default=0)  # wrong ones since `tried_at`
    openings = models.PositiveSmallIntegerField(default=0)  # right ones since then
    tried_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["created_at", "key"]

    def __str__(self) -> str:
        return self.key

    @property
    def path(self) -> Path:
        return Path(settings.MAIL["handouts"]) / self.key

    @property
    def complete(self) -> bool:
        return self.received == self.size


class Fetch(models.Model):
    """When it was fetched. Not by whom: the link is all that is known of them."""

    handout = models.ForeignKey(Handout, on_delete=models.CASCADE, related_name="fetches")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.handout_id} {self.at:%Y-%m-%d}"

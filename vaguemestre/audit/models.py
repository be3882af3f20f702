"""The journal: who did what to whom. Rows are added; the database refuses to change or remove one (migration 0002)."""

from typing import Any, ClassVar

from django.db import models


class Entry(models.Model):
    """One act. Actor and subject are opaque keys, so that the line outlives names, addresses and people."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    details: Any = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "at"], name="entry_of_subject"),
            models.Index(fields=["actor", "at"], name="entry_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.act} {self.subject}"


class Seal(models.Model):
    """A link of the chain: the digest of an entry together with the digest before it.

    The chain has its own order (the seals' ids): an entry whose transaction ends late is sealed after younger ones.
    `previous` is unique, so that two sealers at once cannot make two chains.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.digest

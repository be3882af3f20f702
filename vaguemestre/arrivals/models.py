"""Feeds that were dropped on the screen. What a feed changes is in `people`; the file itself is beside its row."""

from typing import Any, ClassVar

from django.db import models


class FeedDrop(models.Model):
    """One file of the HR office, from the drop to its end. At most one is pending."""

    class State(models.TextChoices):
        CHECKING = "checking"
        CHECKED = "checked"  # its changes are shown, and wait for a decision
        APPLYING = "applying"
        APPLIED = "applied"
        REJECTED = "rejected"  # it is no feed, or none of today: `reason`
        WITHDRAWN = "withdrawn"

    PENDING: ClassVar = (State.CHECKING, State.CHECKED, State.APPLYING)

    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()  # bytes
    read = models.PositiveBigIntegerField(default=0)  # bytes
    dropped_by = models.CharField(max_length=60)  # key of an account
    dropped_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, default="")
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    pending = models.BooleanField(null=True, default=True, unique=True)  # NULL once it has ended
    dated = models.DateField(null=True)
    base = models.PositiveIntegerField(null=True)  # number of the snapshot that it was compared with
    counts: Any = models.JSONField(default=dict)
    closures = models.PositiveIntegerField(default=0)
    in_post = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=400, default="")

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    @property
    def too_many_closures(self) -> bool:
        """The guard of academy.toml holds it: it is applied by the command, with a share that somebody names."""
        return bool(self.counts.get("too_many"))

    @property
    def percent(self) -> int:
        return min(100, 100 * self.read // self.size) if self.size else 0

"""One closed hour of the service: announced, begun, ended."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """What can be closed. Mail programs, delivery, the state page and the administrators continue in any case."""

    WEBMAIL = "webmail", _("mail on the web")
    ACCOUNT = "account", _("My account and lost passwords")
    DESK = "desk", _("the help desk")
    SIGN_IN = "sign-in", _("signing in, and all that it opens")


class Maintenance(models.Model):
    """Announced from the moment it stands here; begun and ended by somebody, or ended by its hour if that was asked.

    Rows are kept: the state page tells the last ones.
    """

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # as expected: what pages promise
    text = models.CharField(max_length=400, default="")  # in French, for everybody
    closes: Any = models.JSONField(default=list)  # of Part
    ends_by_itself = models.BooleanField(default=False)
    announced_by = models.CharField(max_length=80)
    announced_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, db_index=True)
    withdrawn = models.BooleanField(default=False)  # ended before it began

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="maintenance_in_order"),
            # Two at once would contradict each other on every page.
            models.UniqueConstraint(
                fields=["withdrawn"],
                condition=models.Q(begun_at__isnull=False, ended_at__isnull=True),
                name="one_maintenance_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.ends_at:%Y-%m-%d %H:%M}"

    @property
    def key(self) -> str:
        return f"m{self.pk:05d}"

    @property
    def under_way(self) -> bool:
        return self.begun_at is not None and self.ended_at is None

    @property
    def parts(self) -> list[Part]:
        return [part for part in Part if part in self.closes]


class DiskSample(models.Model):
    """How much room a disk had, once an hour; kept for a week."""

    at = models.DateTimeField(db_index=True)
    store = models.CharField(max_length=10)  # web.health_checks.STORES
    free = models.PositiveBigIntegerField()  # bytes

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.store} {self.free}"

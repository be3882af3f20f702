"""Acts that wait for their time."""

from typing import ClassVar

from django.db import models


class Due(models.Model):
    """One timed act. Asking again for the same job and key moves it; done, the row is gone."""

    job = models.CharField(max_length=200)  # the name of a `due.Job`
    key = models.CharField(max_length=100)
    at = models.DateTimeField(db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(null=True)  # of the last failed attempt
    version = models.PositiveIntegerField(default=0)  # grows with each request and each claim

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "key"], name="one_due_a_job_and_key")]

    def __str__(self) -> str:
        return f"{self.job}({self.key}) {self.at:%Y-%m-%d %H:%M}"

from typing import ClassVar

from django.db import models


class ToldTrouble(models.Model):
    """What administrators were told of, and when: the row goes with the trouble."""

    task = models.CharField(max_length=20)
    code = models.CharField(max_length=30)
    told_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "code"], name="trouble_told_once")]

    def __str__(self) -> str:
        return f"{self.task} {self.code}"

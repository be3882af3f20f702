"""« Votre CV »: what a person tells of themselves."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account


class CvLine(models.Model):
    class Part(models.TextChoices):
        TRAINING = "training", _("Training")
        QUALIFICATION = "qualification", _("Qualifications")
        EXPERIENCE = "experience", _("Experience")
        LANGUAGE = "language", _("Languages")

    class Level(models.TextChoices):
        """Of the common European framework for languages."""

        A1 = "A1"
        A2 = "A2"
        B1 = "B1"
        B2 = "B2"
        C1 = "C1"
        C2 = "C2"
        NATIVE = "native", _("mother tongue")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="cv_lines")
    part = models.CharField(max_length=13, choices=Part)
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=120, blank=True, default="")
    starts = models.PositiveSmallIntegerField(null=True)  # a year
    ends = models.PositiveSmallIntegerField(null=True)
    level = models.CharField(max_length=6, choices=Level, blank=True, default="")
    text = models.CharField(max_length=600, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "part"], name="cv_of_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.part}"

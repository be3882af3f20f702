"""« Les guides »: pages that the HR offices write. A page is what its newest version says; none is ever deleted."""

from typing import ClassVar

from django.db import models

from vaguemestre.accounts.models import Account


class Guide(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    shown = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.slug


class GuideVersion(models.Model):
    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField()  # Markdown
    at = models.DateTimeField()
    author = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    signed = models.CharField(max_length=130)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["guide", "number"], name="guide_version_once")]

    def __str__(self) -> str:
        return f"{self.guide_id} {self.number}"

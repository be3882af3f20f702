from typing import ClassVar

from django.db import models

from vaguemestre.accounts.models import Account


class ReadyMade(models.Model):
    """A letter of a person's own, ready to be put into a message. `html`: cleaned, its pictures those of
    `signature_images`; empty: plain text.

    Removed, it stays a while: a press brings it back."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="ready_made")
    name = models.CharField(max_length=80)
    subject = models.TextField(default="")
    text = models.TextField(default="")
    html = models.TextField(default="")
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "webmail"
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name

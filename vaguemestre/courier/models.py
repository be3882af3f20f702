"""Mails that the service itself writes, between the act that asks for them and the mail server."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Parcel(models.Model):
    """One mail to one person. Its text is wiped once it left or is worth nothing; the fact stays a while."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the mail server")
        TAKEN = "taken", _("taken by the mail server")
        REFUSED = "refused", _("refused")
        LATE = "late", _("given up: worth nothing any more")

    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    language = models.CharField(max_length=5)
    about = models.CharField(max_length=60, default="")  # an opaque key: whose business it is
    token = models.CharField(max_length=32, unique=True)  # of the Message-ID
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    queued_at = models.DateTimeField(db_index=True)
    until = models.DateTimeField()  # afterwards the text is worth nothing
    settled_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, default="")  # the server's own words

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "until"], name="parcels_by_state")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

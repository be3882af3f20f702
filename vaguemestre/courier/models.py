"""Mails that the service itself writes, between the act that asks for them and the mail server."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.courier.sealed_text import SealedTextField


class Parcel(models.Model):
    """One mail to one person. Its text is wiped once it left or is worth nothing; the fact stays a while."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the mail server")
        TAKEN = "taken", _("taken by the mail server")
        REFUSED = "refused", _("refused")
        LATE = "late", _("given up: worth nothing any more")

    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=200)
    text = SealedTextField()
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


class TextMessage(models.Model):
    """One text message to one phone, through the authority's gateway. Settled, it keeps neither its text nor its
    number: the fact stays a while."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for the gateway")
        TAKEN = "taken", _("taken by the gateway")
        REFUSED = "refused", _("refused by the gateway")
        GIVEN_UP = "given-up", _("given up: the gateway does not answer")
        CEILING = "ceiling", _("not sent: the day’s number is reached")
        LATE = "late", _("given up: worth nothing any more")

    to = models.CharField(max_length=20)  # +33612345678; masked once it is settled
    text = SealedTextField()
    about = models.CharField(max_length=60, default="")  # an opaque key: whose business it is
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    queued_at = models.DateTimeField(db_index=True)
    until = models.DateTimeField()  # afterwards the text is worth nothing
    attempts = models.PositiveSmallIntegerField(default=0)  # each may cost money
    tried_at = models.DateTimeField(null=True, db_index=True)
    settled_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=60, default="")  # never the gateway's words, which repeat the number
    # Another way, for when it does not leave: a job of the clock and its key.
    instead = models.CharField(max_length=200, default="")
    instead_key = models.CharField(max_length=60, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "until"], name="texts_by_state")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

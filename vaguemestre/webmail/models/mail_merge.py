from typing import Any, ClassVar

from django.db import models


class MailMerge(models.Model):
    """One letter for each line of a table. `letter`: what each of them is made of, the draft until the mailing begins
    and kept as it was from then on; its key names the mailing."""

    class State(models.TextChoices):
        WRITTEN = "written"
        SENDING = "sending"
        STOPPED = "stopped"
        DONE = "done"

    class Why(models.TextChoices):
        PERSON = "person"
        HELD = "held"  # the account was shut as stolen

    letter = models.OneToOneField("webmail.Outgoing", models.CASCADE, primary_key=True, related_name="mailing")
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="mailings")
    state = models.CharField(max_length=8, choices=State, default=State.WRITTEN)
    why_stopped = models.CharField(max_length=6, choices=Why, default="")
    typed = models.TextField(default="")  # the table as it was pasted
    address_column = models.PositiveSmallIntegerField(null=True)  # None: the one that is recognised
    starts_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "webmail_mailing"
        app_label = "webmail"
        indexes: ClassVar = [models.Index(fields=["account", "state"], name="mailings_of_account")]

    def __str__(self) -> str:
        return str(self.pk)


class MergedMessage(models.Model):
    """One letter of a mailing that has begun. `key`: of the message that it becomes, the same however often it is
    begun. `failure`: as of `Outgoing`."""

    class State(models.TextChoices):
        WAITING = "waiting"
        LEAVING = "leaving"
        SENT = "sent"
        REFUSED = "refused"
        TAKEN = "taken"  # its author took it back from the outbox: it is a draft of its own

    mailing = models.ForeignKey(MailMerge, models.CASCADE, related_name="letters")
    number = models.PositiveIntegerField()  # of its line in the table
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=120, default="")
    words: Any = models.JSONField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    key = models.CharField(max_length=32, unique=True)
    left_at = models.DateTimeField(null=True)
    failure: Any = models.JSONField(null=True)

    class Meta:
        db_table = "webmail_mailedletter"
        app_label = "webmail"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["mailing", "number"], name="one_letter_a_line")]
        indexes: ClassVar = [models.Index(fields=["mailing", "state"], name="letters_of_mailing")]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.number}"

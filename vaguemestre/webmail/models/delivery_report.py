"""The table of what came back about messages sent; `delivery_reports.py` reads and shows it."""

from typing import ClassVar, Final

from django.db import models

from vaguemestre.accounts.models import Account

LONGEST_ID: Final = 255
RESENT: Final = "resent"  # no echo, and no kind that a report may have: its person has sent it again, to `said`


class DeliveryReport(models.Model):
    """What came back about a message that its account sent: read, not delivered, late. One row for each recipient and
    kind, the latest. `said` is the other server's own text, never shown but as a quotation."""

    class Kind(models.TextChoices):
        READ = "read"
        DISCARDED = "discarded"  # thrown away unread, says the recipient's program
        FAILED = "failed"
        DELAYED = "delayed"
        DELIVERED = "delivered"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="echoes")
    message_id = models.CharField(max_length=LONGEST_ID)
    kind = models.CharField(max_length=9, choices=Kind)
    address = models.CharField(max_length=320)
    at = models.DateTimeField()
    status = models.CharField(max_length=12, default="")  # RFC 3463: "5.1.1"
    said = models.CharField(max_length=500, default="")
    folder = models.CharField(max_length=32)  # where the report lay when it was read
    uid = models.PositiveBigIntegerField()

    class Meta:
        db_table = "webmail_echo"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "message_id", "address", "kind"], name="one_echo_a_recipient")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind} {self.at}"

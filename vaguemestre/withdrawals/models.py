"""Messages reported as dangerous, and what was taken out of the mailboxes because of them."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account

LONGEST_ID, LONGEST_SENDER, LONGEST_SUBJECT = 500, 320, 1000


class Report(models.Model):
    """Somebody took a message for a trap and said so. The message itself went to whoever watches over that."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reports")
    digest = models.CharField(max_length=32, db_index=True)  # the same for everybody who reports the same message
    message_id = models.CharField(max_length=LONGEST_ID)  # with its brackets; empty for a message without one
    sender = models.CharField(max_length=LONGEST_SENDER)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    received_at = models.DateTimeField()
    at = models.DateTimeField(db_index=True)
    judged_at = models.DateTimeField(null=True)  # found harmless, or searched for

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "digest"], name="one_report_a_message")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.digest}"


class Withdrawal(models.Model):
    """One message, or one campaign, looked for in all mailboxes. `walk` and `after` say where the looking continues."""

    class State(models.TextChoices):
        COUNTING = "counting", _("being counted")
        COUNTED = "counted", _("counted, nothing taken out")
        TAKING = "taking", _("being taken out")
        TAKEN = "taken", _("taken out")
        RETURNING = "returning", _("being put back")
        RETURNED = "returned", _("put back")
        DROPPED = "dropped", _("search given up")
        ERASED = "erased", _("erased for good")

    class Walk(models.TextChoices):
        COUNT = "count"  # all mailboxes: what is there
        FOUND = "found"  # those where something was counted: out with it
        ALL = "all"  # all mailboxes: out with it
        BACK = "back"  # those from which something was taken
        ERASE = "erase"  # the same, at the end of the delay

    key = models.CharField(primary_key=True, max_length=32)  # random: names its address
    ordered_by = models.CharField(max_length=80)  # an account's key, or "operator:name"
    reason = models.CharField(max_length=200)
    message_id = models.CharField(max_length=LONGEST_ID)
    sender = models.CharField(max_length=LONGEST_SENDER)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    alike = models.BooleanField(default=False)  # everything of this sender with this subject, not one message alone
    since = models.DateTimeField()  # what came in before is not looked at
    state = models.CharField(max_length=10, choices=State, default=State.COUNTING, db_index=True)
    walk = models.CharField(max_length=6, choices=Walk, blank=True, db_index=True)  # empty: nothing under way
    after = models.CharField(max_length=16, blank=True)  # the account's key up to which it is done
    done = models.PositiveIntegerField(default=0)  # mailboxes of this walk
    total = models.PositiveIntegerField(default=0)
    copies = models.PositiveIntegerField(default=0)  # of the last walk through all mailboxes
    boxes = models.PositiveIntegerField(default=0)
    passed_over: Any = models.JSONField(default=list)  # keys of the mailboxes that did not open
    waits = models.BooleanField(default=False)  # the mail server did not answer last time
    ordered_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    next_pass_at = models.DateTimeField(null=True, db_index=True)  # for what was still on its way
    ends_at = models.DateTimeField(null=True, db_index=True)  # what was taken is then erased

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.state} {self.walk} {self.done}/{self.total}"


class Withheld(models.Model):
    """What was found in one folder of one mailbox, or taken out of it."""

    class State(models.TextChoices):
        FOUND = "found"
        TAKING = "taking"  # written down before it is done: what a crash leaves is found again
        TAKEN = "taken"
        RETURNED = "returned"

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.CASCADE, related_name="withheld")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="withheld")
    folder = models.TextField()  # as the mail server has it, UTF-8, "/" between levels
    count = models.PositiveIntegerField()
    seen = models.PositiveIntegerField(default=0)  # how many of them were read
    answered = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["withdrawal", "state", "account"], name="withheld_walk")]

    def __str__(self) -> str:
        return f"{self.withdrawal_id[:8]} {self.account_id} {self.state} {self.count}"

    @property
    def place(self) -> str:
        """Its folder among what the mail server keeps apart."""
        return f"{self.withdrawal_id[:12]}.{self.pk}"

"""What this room keeps in tables: troubles that were told, and messages brought back into one mailbox."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account


class ToldTrouble(models.Model):
    """What administrators were told of, and when: the row goes with the trouble."""

    task = models.CharField(max_length=20)
    code = models.CharField(max_length=30)
    told_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "code"], name="trouble_told_once")]

    def __str__(self) -> str:
        return f"{self.task} {self.code}"


class MailboxRestoration(models.Model):
    """Who asked, for whom, from which day, and what came of it. Counts and names of folders, never a subject nor a
    sender; the names go when it ends."""

    class State(models.TextChoices):
        LOOKING = "looking", _("the backup is being looked into")
        FOUND = "found", _("waits for a choice")
        RESTORING = "restoring", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("given up")

    AT_WORK: ClassVar = (State.LOOKING, State.RESTORING)
    OPEN: ClassVar = (State.LOOKING, State.FOUND, State.RESTORING)

    key = models.CharField(primary_key=True, max_length=32)  # random: names its address
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mailbox_restorations")
    ordered_by = models.CharField(max_length=80)  # an agent's account key, or "operator:name"
    office = models.CharField(max_length=200, default="")  # as the person is told
    reason = models.CharField(max_length=300)
    ordered_at = models.DateTimeField()
    run = models.CharField(max_length=64)  # the backup's name
    run_at = models.DateTimeField()
    message_id = models.CharField(max_length=502, default="")  # of the one message that an operator asked for
    state = models.CharField(max_length=10, choices=State, default=State.LOOKING, db_index=True)
    since = models.DateTimeField()  # of this state
    folders: Any = models.JSONField(default=list)  # what was found (`mailbox_restorations.FoundFolder`)
    room = models.BigIntegerField(null=True)  # bytes left in the mailbox; null: no limit
    chosen: Any = models.JSONField(default=list)  # identities of folders; none: all
    messages = models.PositiveIntegerField(default=0)  # brought back
    place = models.CharField(max_length=80, default="")  # the folder they went into
    failure = models.CharField(max_length=30, default="")  # a word of `mailbox_sentences`

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state__in=["looking", "found", "restoring"]),
                name="one_restoration_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.run} {self.state}"

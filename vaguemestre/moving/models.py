"""Mail that somebody brings along: what was sent, how far it is stored, what was refused."""

from typing import ClassVar

from django.db import models

from vaguemestre.accounts.models import Account


class Intake(models.Model):
    """One import. Its files lie under DATA/moving/<key>/ until it is over."""

    class State(models.TextChoices):
        TRIED = "tried"  # a mailbox elsewhere opened: the person has seen what is in it, and has not begun yet
        RUNNING = "running"
        PAUSED = "paused"  # the mailbox is full, or the mail server refuses: the person continues, or gives up
        DONE = "done"
        STOPPED = "stopped"  # by the person: what was brought stays
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"

    UNDER_WAY: ClassVar = (State.RUNNING, State.UNDOING)
    OPEN: ClassVar = (State.RUNNING, State.PAUSED, State.UNDOING)

    key = models.CharField(primary_key=True, max_length=32)  # random: names its folder and its address
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="intakes")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING, db_index=True)
    failure = models.CharField(max_length=10, default="")  # a word: `progress_text` says why it stopped
    names = models.TextField()  # of what was sent, a line each
    target = models.CharField(max_length=32)  # the folder's permanent id
    target_label = models.CharField(max_length=400)  # as the person saw it
    target_made = models.BooleanField(default=False)  # by this import: it goes with an undo when nothing else is in it
    ignored = models.PositiveIntegerField(default=0)  # files of an archive that are no mail
    attempts = models.PositiveSmallIntegerField(default=0)  # in a row that led nowhere
    served_at = models.DateTimeField(null=True)  # whose turn it is: who waits longest
    finished_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)  # its page was open then: when it was asked for, and since

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state__in=["running", "paused", "undoing"]),
                name="one_intake_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.state}"


class Part(models.Model):
    """One file, or the letters of one folder of an archive, and where it goes."""

    class Kind(models.TextChoices):
        MBOX = "mbox"
        LETTER = "letter"
        PACKED_MBOX = "packed"  # in an archive: taken out first
        PACKED_LETTERS = "letters"  # single letters of one folder of an archive
        COPIED = "copied"  # a folder of a mailbox elsewhere; `folder` is its role among ours, or its name

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=Kind)
    file = models.CharField(max_length=40)  # in the intake's folder
    member = models.TextField(default="")  # of an archive: its name, or the folder of its letters
    folder = models.TextField(default="")  # below the target; empty: the target itself
    label = models.CharField(max_length=255)  # what the report calls it
    target = models.CharField(max_length=32, default="")  # once it is there
    validity = models.PositiveBigIntegerField(default=0)
    made = models.BooleanField(default=False)
    size = models.PositiveBigIntegerField()  # bytes; of single letters their number
    after = models.PositiveBigIntegerField(default=0)  # the place up to which it is done, in the same unit
    over = models.BooleanField(default=False)
    since = models.PositiveBigIntegerField(default=0)  # numbers of the target from here on may be of this part
    brought = models.TextField(default="")  # their numbers in the target, as ranges
    brought_count = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)  # were there already
    deleted = models.PositiveIntegerField(default=0)  # by the program that wrote the file
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["intake", "number"], name="one_part_a_number")]

    def __str__(self) -> str:
        return f"{self.intake_id} {self.number}"


class Refusal(models.Model):
    """A message that was not taken, for the report."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="refusals")
    place = models.PositiveIntegerField()  # among the messages of its part, from 1
    subject = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=10)  # a word: `progress_text` says it

    def __str__(self) -> str:
        return f"{self.part_id} {self.place} {self.reason}"


class Remote(models.Model):
    """The mailbox elsewhere that an import comes from. Its password goes as soon as it is copied, or given up."""

    intake = models.OneToOneField(Intake, on_delete=models.CASCADE, related_name="remote")
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    user = models.CharField(max_length=200)
    sealed = models.TextField()  # the password, by accounts.sealing; empty once it is not needed any more
    folders = models.JSONField()  # name, role, total of each
    total = models.PositiveIntegerField()  # messages of those that are brought
    copied = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.intake_id} {self.host}"


class Bookmark(models.Model):
    """The last message that was read of one folder of a mailbox elsewhere. `source` and `folder` are keyed words."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="bookmarks")
    source = models.CharField(max_length=64)
    folder = models.CharField(max_length=64)
    validity = models.PositiveBigIntegerField()
    highest = models.PositiveBigIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "source", "folder"], name="one_bookmark_a_folder")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.highest}"

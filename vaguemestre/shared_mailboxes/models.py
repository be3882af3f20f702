"""Mailboxes that belong to a place or a service, and who shares them."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import School


class MailboxRights(models.TextChoices):
    """The same three words in code, rows and the daemons' file. The highest first."""

    OWNER = "owner", _("owner")  # members, settings, redirection too
    MEMBER = "member", _("member")  # reads, files, answers
    READER = "reader", _("reader")  # reads


class SharedMailbox(models.Model):
    """What an account of kind "shared" has more than others. `place`: of the feed, when it is a school's."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="box")
    place = models.OneToOneField(School, on_delete=models.PROTECT, null=True, related_name="box")
    import_number = models.PositiveIntegerField(null=True)  # the import that made it, so that its undo knows
    made_by = models.CharField(max_length=60)  # as in the journal
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.account_id


class MembershipRule(models.Model):
    """Whoever holds this function at a place has this right in its box. `place` None: at every place without a rule of
    its own for that function. `box`: of a service, shared by who holds the function at `place`, or anywhere."""

    box = models.ForeignKey(SharedMailbox, on_delete=models.CASCADE, null=True, related_name="rules")
    place = models.ForeignKey(School, on_delete=models.CASCADE, null=True, related_name="membership_rules")
    function = models.CharField(max_length=10)
    right = models.CharField(max_length=6, choices=MailboxRights)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "function"], condition=models.Q(box__isnull=True), name="one_rule_a_place_and_function"
            ),
            models.UniqueConstraint(
                fields=["function"],
                condition=models.Q(place__isnull=True, box__isnull=True),
                name="one_rule_a_function_everywhere",
            ),
            models.UniqueConstraint(fields=["box", "place", "function"], name="one_rule_a_service_place_and_function"),
            models.UniqueConstraint(
                fields=["box", "function"],
                condition=models.Q(place__isnull=True, box__isnull=False),
                name="one_rule_a_service_and_function",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.function} at {self.place_id or 'every place'}: {self.right}"


class Membership(models.Model):
    """One period in which somebody shares a box with one right. Rows are begun and ended (`periods.py`), never written
    over: who could read what, and when."""

    class End(models.TextChoices):
        LEFT_POST = "left-post"  # by the feed: the post that gave it, or every post that she held when she was added
        TAKEN_AWAY = "taken-away"  # by an owner or an administrator
        DATE = "date"
        LEFT_DUTY = "left-duty"
        OTHER_RIGHT = "other-right"  # another period follows at once

    box = models.ForeignKey(SharedMailbox, on_delete=models.PROTECT, related_name="memberships")
    member = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    right = models.CharField(max_length=6, choices=MailboxRights)
    by_rule = models.BooleanField(default=False)  # came with a post, and follows it
    # Added by hand: leaves with the last of these, a place ("0809901C") or a function there ("0800000R/ADM"). Empty:
    # came from elsewhere, and leaves by date, by an owner or with duty.
    posts: Any = models.JSONField(default=list)
    starts = models.DateField()
    ends = models.DateField(null=True, db_index=True)  # last day
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=11, choices=End, default="")
    added_by = models.CharField(max_length=60)  # as in the journal

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["box", "member"], condition=models.Q(ended_at=None), name="one_period_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.box_id}: {self.right}"

    def holds(self, today: date) -> bool:
        return self.ended_at is None and self.starts <= today and (self.ends is None or today <= self.ends)


class SentByMember(models.Model):
    """Who wrote a message that left in a box's name, or lies in its drafts. Here alone: no header says it."""

    box = models.ForeignKey(SharedMailbox, on_delete=models.PROTECT, related_name="sent")
    message_id = models.CharField(max_length=255)
    author = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["box", "message_id"], name="one_author_a_message_of_a_box")
        ]

    def __str__(self) -> str:
        return f"{self.author_id} for {self.box_id}"


class ConversationEvent(models.Model):
    """One act of a member on one conversation of a box. The `current` one is the state of that conversation, which is
    known by the Message-IDs of two of its messages: it may move between folders, be split or joined."""

    class Kind(models.TextChoices):
        GIVEN = "given"  # to `member`
        FREED = "freed"  # taken back
        DONE = "done"

    box = models.ForeignKey(SharedMailbox, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=5, choices=Kind)
    member = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="given")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")  # None: a right has ended
    at = models.DateTimeField()
    oldest = models.CharField(max_length=255)
    newest = models.CharField(max_length=255)
    until = models.DateTimeField()  # a message from outside that comes later reopens it
    current = models.BooleanField(default=True)
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["box", "oldest"], condition=models.Q(current=True), name="event_by_oldest"),
            models.Index(fields=["box", "newest"], condition=models.Q(current=True), name="event_by_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.box_id}"


class InternalNote(models.Model):
    """A note of a member on one conversation of a box: a row, never a message, so that no mail carries it. It follows
    the conversation as a `ConversationEvent` does."""

    box = models.ForeignKey(SharedMailbox, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()  # empty once it is withdrawn
    search_text = models.TextField()  # without case and accents, with the names of those it mentions
    mentions = models.ManyToManyField(Account, related_name="mentions")
    oldest = models.CharField(max_length=255)
    newest = models.CharField(max_length=255)
    changed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    form_key = models.CharField(max_length=32)  # a form that arrives twice leaves one note

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["box", "form_key"], name="one_note_a_form")]
        indexes: ClassVar = [
            models.Index(fields=["box", "oldest"], name="note_by_oldest"),
            models.Index(fields=["box", "newest"], name="note_by_newest"),
        ]

    def __str__(self) -> str:
        return f"note in {self.box_id}"

"""What is being written, what is on its way, and what a person has chosen. The rest is asked of Dovecot."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from vaguemestre.accounts.models import Account
from vaguemestre.web.monitoring import request_trace
from vaguemestre.webmail.models.blocklist import BlocklistEntry as BlocklistEntry, SuspectIndex as SuspectIndex

# Tables in files of their own.
from vaguemestre.webmail.models.bulk_action import BulkAct as BulkAct
from vaguemestre.webmail.models.delivery_report import DeliveryReport as DeliveryReport
from vaguemestre.webmail.models.display_choices import Font, Motion, Spacing
from vaguemestre.webmail.models.filter import Filter as Filter, ForwardTarget as ForwardTarget
from vaguemestre.webmail.models.mail_merge import MailMerge as MailMerge, MergedMessage as MergedMessage
from vaguemestre.webmail.models.message_template import ReadyMade as ReadyMade
from vaguemestre.webmail.models.signature_image import SignaturePicture as SignaturePicture


class Outgoing(models.Model):
    """One message from the first word to its place in Sent. `key` is the compose id of the form: pressed twice, or in
    two tabs, it is still one message. The row disappears once the message is filed."""

    class State(models.TextChoices):
        DRAFT = "draft"
        QUEUED = "queued"  # the person has sent it; Postfix has not taken it yet
        SUBMITTED = "submitted"  # Postfix has it; it is not in Sent yet
        DONE = "done"  # kept for a while, so that a second press says "already sent" rather than sends
        MERGED = "merged"  # never leaves itself: the letters of a mailing are made of it

    class Kind(models.TextChoices):
        NEW = "new"
        REPLY = "reply"
        FORWARD = "forward"
        RECEIPT = "receipt"  # the answer to somebody who asked whether the message was read
        REPORT = "report"  # a suspicious message, for the help desk

    class Importance(models.TextChoices):
        HIGH = "high"
        NORMAL = "normal"
        LOW = "low"

    key = models.CharField(primary_key=True, max_length=32)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="outgoing")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NEW)
    # Who writes and sends it, in the name of a shared mailbox: signs in to Postfix, is held to account. None: the
    # mailbox's own.
    author = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    sender = models.CharField(max_length=320)
    to = models.TextField(default="")  # as the person wrote them, mistakes included
    cc = models.TextField(default="")
    bcc = models.TextField(default="")
    others = models.TextField(default="")  # who took part in what it answers, as an answer offers them
    subject = models.TextField(default="")
    text = models.TextField(default="")
    html = models.TextField(default="")  # cleaned; its pictures by `cid:`; empty: a letter in plain text
    asks_receipt = models.BooleanField(default=False)
    importance = models.CharField(max_length=6, choices=Importance, default=Importance.NORMAL)
    reminds_after = models.PositiveSmallIntegerField(null=True)  # days without an answer; 0: it awaits none

    source_folder = models.CharField(max_length=32, null=True)  # the message answered, forwarded, or sent again
    source_uid = models.PositiveBigIntegerField(null=True)
    source_message_id = models.TextField(default="")
    references = models.JSONField(default=list)
    draft_folder = models.CharField(max_length=32, null=True)  # the copy in Drafts, replaced at each deposit
    draft_uid = models.PositiveBigIntegerField(null=True)
    taken_from = models.CharField(max_length=60, default="")  # which copy: its folder, a dash, its number
    begun = models.CharField(max_length=32, default="")  # its words before anything was written (`empty_drafts.py`)

    revision = models.PositiveIntegerField(default=0)
    writer = models.CharField(max_length=32, default="")  # the window that saved last
    typed = models.PositiveIntegerField(default=0)  # which of that window's changes it had (`browser_drafts.py`)
    deposited_revision = models.PositiveIntegerField(default=0)

    message_id = models.CharField(max_length=200, default="")
    recipients = models.JSONField(default=list)  # the envelope, fixed when sent
    failure = models.JSONField(null=True)  # what was refused, until the person has changed it
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    leaves_at = models.DateTimeField(null=True)  # not before; None once that hour has come, or without one
    planned = models.BooleanField(default=False)  # that hour was chosen; otherwise it is the moment to think again
    request_id = models.CharField(max_length=request_trace.LENGTH, default="")  # of the press, for the logs

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "state"])]

    def __str__(self) -> str:
        return self.key

    @property
    def folder(self) -> Path:
        """Where its files are. The key was checked by its URL."""
        return Path(settings.MAIL["outbox"]) / self.key

    @property
    def message_path(self) -> Path:
        """The message as it goes out, written before anything is said to Postfix."""
        return self.folder / "message.eml"

    @property
    def lock_path(self) -> Path:
        """Locked by the process that is sending it: a claim ends with its process."""
        return self.folder / "lock"

    @property
    def copy_lock_path(self) -> Path:
        """Locked by the process that is replacing its copy in Drafts."""
        return self.folder / "copy.lock"

    def keep_message(self, pieces: Iterable[bytes]) -> None:
        """As it will go out: whole and on the disk before anything is promised. What another process sends at this very
        moment, because the button was pressed twice, stays whole as well."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.folder / f"message.{secrets.token_hex(4)}"
        try:
            with fresh.open("xb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.message_path)
        finally:
            fresh.unlink(missing_ok=True)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT


class OutgoingFile(models.Model):
    """An attachment already received by the server. `name` is what the person called it, never a path."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    stored_as = models.CharField(max_length=32)
    content_id = models.CharField(max_length=200, default="")  # what the HTML shows it by; empty: an attachment
    origin = models.CharField(max_length=60, default="")  # of a message forwarded whole: its folder, a dash, its number

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return self.outgoing.folder / self.stored_as


class Preferences(models.Model):
    """What a person has chosen for their mail. No row: everything as it comes.

    Absence and redirection are what stands here; the script at Dovecot's is made from it, in the same transaction."""

    class Answering(models.TextChoices):
        ASK = "ask"
        NEVER = "never"
        INSIDE = "inside"  # by itself to colleagues; others are asked about
        ALWAYS = "always"

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable"
        COMPACT = "compact"

    class TextSize(models.TextChoices):
        NORMAL = "normal"
        LARGE = "large"
        LARGER = "larger"

    class Pane(models.TextChoices):
        RIGHT = "right"
        BELOW = "below"
        NONE = "none"

    class Theme(models.TextChoices):
        AUTO = "auto"
        LIGHT = "light"
        DARK = "dark"

    class MarksRead(models.TextChoices):
        OPENED = "opened"
        LATER = "later"  # once it has been in sight for some seconds
        BY_HAND = "by-hand"

    class Notifying(models.TextChoices):
        NOTHING = "nothing"
        ARRIVAL = "arrival"  # that something came
        WORDS = "words"  # who writes, and about what

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="preferences")
    signature = models.TextField(null=True)  # None: that of the posts, which follows them
    signature_html = models.TextField(default="")  # the same formatted; empty: as the words are
    signatures: Any = models.JSONField(default=list)  # others, with a name: `signature_choice.NamedSignature`
    begins_with = models.CharField(max_length=8, default="")  # the one under new messages; empty: the first
    answers_with = models.CharField(max_length=8, default="")
    writes_plain = models.BooleanField(default=False)  # new messages begin as plain text
    asks_receipts = models.BooleanField(default=False)
    answers_receipts = models.CharField(max_length=6, choices=Answering, default=Answering.ASK)
    undo_seconds = models.PositiveSmallIntegerField(null=True)  # before it leaves; None: the installation's
    answers_below = models.BooleanField(default=False)  # under what is quoted, rather than above
    quotes = models.BooleanField(default=True)  # an answer holds the message it answers
    notifies = models.CharField(max_length=8, choices=Notifying, default=Notifying.NOTHING)
    sounds = models.BooleanField(default=False)  # with each notice, or alone
    notifies_in: Any = models.JSONField(default=list)  # folders that are announced besides the inbox, by their id
    counts_in_title = models.BooleanField(default=False)

    density = models.CharField(max_length=11, choices=Density, default=Density.COMFORTABLE)
    text_size = models.CharField(max_length=6, choices=TextSize, default=TextSize.NORMAL)
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    font = models.CharField(max_length=8, choices=Font, default=Font.USUAL)
    spacing = models.CharField(max_length=6, choices=Spacing, default=Spacing.NORMAL)
    motion = models.CharField(max_length=6, choices=Motion, default=Motion.SYSTEM)
    pane = models.CharField(max_length=5, choices=Pane, default=Pane.RIGHT)  # where one reads, beside the list
    share = models.PositiveSmallIntegerField(null=True)  # of the list, in percent; None: as the width has it
    folders_width = models.PositiveSmallIntegerField(null=True)  # px of ordinary letters; None: the usual

    writes_from = models.CharField(max_length=254, default="")  # the address of new messages; empty: the main one
    identities: Any = models.JSONField(default=dict)  # by address what goes with it: `identities.Identity`

    absence_on = models.BooleanField(default=False)
    absence_starts = models.DateTimeField(null=True)
    absence_ends = models.DateTimeField(null=True)  # the first moment back
    absence_text = models.TextField(default="")
    absence_apart = models.BooleanField(default=False)  # others than colleagues read another text
    absence_outside = models.TextField(default="")
    # A script of another program that ours includes, since the person agreed; it is never changed.
    included_script = models.CharField(max_length=512, default="")
    script_mark = models.CharField(max_length=64, default="")  # of what we wrote last: `sieve_script.script_mark`
    marks_read = models.CharField(max_length=7, choices=MarksRead, default=MarksRead.OPENED)
    goes_on = models.BooleanField(default=True)  # once the open message is put away the next one opens, not the list
    offers_tips = models.BooleanField(default=True)
    contact_images = models.BooleanField(default=False)  # remote ones, of whoever is in the address book
    uses_keys = models.BooleanField(default=True)  # one key alone does an act: not for whoever dictates
    tips: Any = models.JSONField(default=dict)  # which were said, and the day of the last: `tips.say_tip`
    flat_list = models.BooleanField(default=False)  # each message its row, rather than each conversation
    reads_plain = models.BooleanField(default=False)  # messages are shown as their words, without their formatting

    # Folders of the column by their key (folders.key): those whose children are not shown, those not shown themselves.
    folded: Any = models.JSONField(default=list)
    hidden: Any = models.JSONField(default=list)
    pinned_in: Any = models.JSONField(default=list)  # folders that are asked for what is pinned: `pins`
    chosen: Any = models.JSONField(default=list)  # what is this person's choice, by field: `authority_defaults`
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.account_id


class Label(models.Model):
    """What a keyword on messages is called here, and its colour. An account without a row has the ordinary five
    (labels.DEFAULTS); a row that was removed stays, so that they do not come back by themselves."""

    class Colour(models.TextChoices):
        BRICK = "brick"
        OCHRE = "ochre"
        MOSS = "moss"
        TEAL = "teal"
        SLATE = "slate"
        PLUM = "plum"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="labels")
    keyword = models.CharField(max_length=50)  # in lower case: the server does not tell capitals apart
    name = models.CharField(max_length=40)
    colour = models.CharField(max_length=5, choices=Colour)
    position = models.PositiveSmallIntegerField()
    removed_at = models.DateTimeField(null=True)
    removed_from: Any = models.JSONField(default=dict)  # folder to numbers of messages, while the removal can be undone

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "keyword"], name="one_label_a_keyword")]

    def __str__(self) -> str:
        return self.name


class Redirection(models.Model):
    """Where incoming mail also goes, or went. A row is never changed but to be closed: the history stays."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="redirections")
    target = models.CharField(max_length=254)
    keep_copy = models.BooleanField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)  # an account's key, or who undid a later one
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(removed_at=None), name="one_redirection_at_a_time"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["target"], name="redirections_to")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.target}"


class FormerScript(models.Model):
    """What filtered the incoming mail until it was changed: so that an attacker's changes can be undone.

    `name` and `text`: the script that was active, none when empty. `choices`: what our own was made from."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="former_scripts")
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=60)
    name = models.CharField(max_length=512, default="")
    text = models.TextField(default="")
    choices: Any = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "replaced_at"], name="scripts_of_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.replaced_at}"


class RecentSearch(models.Model):
    """What somebody has looked for lately, as they typed it. Only its own person ever sees it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recent_searches")
    text = models.CharField(max_length=500)
    searched_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "text"], name="one_line_a_search")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.searched_at}"


class ImageTrust(models.Model):
    """Whose remote images are always shown: an address, or `@` and a domain. In small letters."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="image_trusts")
    sender = models.CharField(max_length=255)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "sender"], name="one_trust_a_sender")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.sender}"

    @property
    def is_domain(self) -> bool:
        return self.sender.startswith("@")

    @property
    def who(self) -> str:
        return self.sender.removeprefix("@")


class Unsubscription(models.Model):
    """A list that was asked to write no more, once. `address`: where it is asked; empty once it has answered."""

    class State(models.TextChoices):
        ASKED = "asked"
        DONE = "done"
        REFUSED = "refused"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="unsubscriptions")
    list = models.CharField(max_length=255)  # its List-Id, or else its sender
    address = models.TextField(default="")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "list"], name="one_unsubscription_a_list")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.list}"


class Snoozed(models.Model):
    """One message that waits in the folder "Plus tard" for its hour; forgotten when it is no longer there.

    Without `uid`: the act was begun, and what has no row in the folder from `since` on is what it moved."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="snoozed")
    folder = models.CharField(max_length=32)
    uid = models.PositiveBigIntegerField(null=True)
    origin = models.CharField(max_length=32)  # the folder it comes back to
    until = models.DateTimeField()
    # On its way back it is stored again with a new date, then the former copy goes: what is half done at a crash.
    since = models.PositiveBigIntegerField(null=True)  # first number that the new copy may have
    former = models.PositiveBigIntegerField(null=True)  # still to be deleted

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["folder", "uid"], name="one_hour_a_message")]
        indexes: ClassVar = [models.Index(fields=["account", "until"], name="snoozed_of_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.until}"


def new_key() -> str:
    return secrets.token_hex(16)

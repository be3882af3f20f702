"""A lost password: what was asked, links, the queue of the help desk; the captcha; how often one may ask."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from vaguemestre.accounts.models.account import Account


class ResetAsk(models.Model):
    """What somebody typed on the public page, for the tasks process, which deletes it within seconds.

    Written in the same way whoever is asked about; keyed hashes only, so that the row tells nobody's NUMEN.
    """

    number = models.CharField(max_length=12, unique=True)  # read aloud on the phone
    numen_lookups = models.JSONField(default=list)
    birth_date_hash = models.CharField(max_length=64)
    by_desk = models.BooleanField(default=False)  # without the captcha: no link leaves, a person answers
    asked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.number


class ResetLink(models.Model):
    """A link on its way to a rescue contact; the mail holds the token, the table its hash.

    It dies with whatever it stands on: `foundation` is a trace of the account's state when it was made.
    """

    token_hash = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reset_links")
    foundation = models.CharField(max_length=64)
    by_text = models.BooleanField(default=False)  # in the place of a code that came by text message
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)  # used, replaced by a newer one, or made void

    def __str__(self) -> str:
        return f"{self.account_id} {self.made_at}"


class ResetText(models.Model):
    """A code on its way to a phone, for a lost password. Typed with the number of its request, it becomes a link.

    One row is found by both at once or not at all: a number alone tells nobody whether a message left.
    """

    number = models.CharField(primary_key=True, max_length=12)  # of the request
    code_hash = models.CharField(max_length=64)  # keyed, with the number
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reset_texts")
    foundation = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)  # used, replaced by a newer one, or made void

    def __str__(self) -> str:
        return f"{self.account_id} {self.made_at}"


class ResetRequest(models.Model):
    """A lost password that needs a person: the queue of the DSDEN. At most one open for an account."""

    class State(models.TextChoices):
        OPEN = "open", _("to be answered")
        HANDLED = "handled", _("answered")
        WITHDRAWN = "withdrawn", _("no longer needed")

    class Reason(models.TextChoices):
        NO_CONTACT = "no-contact", _("no confirmed rescue contact")
        NOT_BEGUN = "not-begun", _("first sign-in not done")
        LOCKED = "locked", _("account locked")
        STOLEN = "stolen", _("account declared stolen")
        OTP_KEY = "otp-key", _("signs in with an OTP key")
        NO_PICTURE = "no-picture", _("could not read the digits")
        NO_TEXT = "no-text", _("the code by text message could not leave")

    # A reason too, though not among the column's choices: somebody, perhaps a stranger, used up this account's links.
    LINKS_SPENT = "links-spent"

    number = models.CharField(max_length=12, unique=True)  # of the latest time it was asked: what the person reads out
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reset_requests")
    department = models.CharField(max_length=3, db_index=True)
    reason = models.CharField(max_length=12, choices=Reason)
    asked_at = models.DateTimeField()
    times = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    # Who looks after it, so that two agents do not call the same person.
    taken_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    handled_by = models.CharField(max_length=60, default="")  # as in the journal
    handled_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "department", "asked_at"], name="reset_requests_waiting")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account"], condition=models.Q(state="open"), name="one_open_reset_request")
        ]

    def __str__(self) -> str:
        return self.number

    def reason_in_words(self) -> str:
        if self.reason == self.LINKS_SPENT:
            return gettext("all the links allowed were asked for")
        return str(self.Reason(self.reason).label)


class SpentCaptcha(models.Model):
    """Captchas are signed and short-lived; one that was answered, rightly or not, answers no more."""

    nonce = models.CharField(primary_key=True, max_length=32)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce


class Allowance(models.Model):
    """How often something was done for one subject in one stretch of time (a keyed hash of all three)."""

    subject = models.CharField(primary_key=True, max_length=64)
    used = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.used} until {self.ends_at}"

"""« Les services »: what a person asks of their HR office, and the campaigns in which some of it is asked."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import School


class Kind(models.TextChoices):
    """The value is part of addresses."""

    ADDRESS = "adresse", _("Change of address")
    BANK = "coordonnees-bancaires", _("Change of bank details")
    TRANSFER = "mutation", _("Transfer")
    PART_TIME = "temps-partiel", _("Part-time work")
    LEAVE = "conge", _("Leave")
    ALLOWANCE = "indemnite", _("Allowance")


class Campaign(models.Model):
    """When a kind of request may be sent, and by whom. An empty department or corps: everybody's."""

    kind = models.CharField(max_length=21, choices=Kind)
    title = models.CharField(max_length=120)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()  # the last moment at which a request is sent
    department = models.CharField(max_length=3, blank=True, default="")
    corps = models.CharField(max_length=60, blank=True, default="")
    documents: Any = models.JSONField(default=list)  # required ones, by the words of requests.kinds.DOCUMENTS
    most_wishes = models.PositiveSmallIntegerField(default=30)
    made_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    signed = models.CharField(max_length=130)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "closes_at"], name="campaigns_by_kind")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(closes_at__gt=models.F("opens_at")), name="campaign_closes_after")
        ]

    def __str__(self) -> str:
        return self.title


class ServiceRequest(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENT = "sent", _("sent")
        RECEIVED = "received", _("being examined")
        ASKED = "asked", _("documents asked for")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", pgettext_lazy("a request", "refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="service_requests")
    kind = models.CharField(max_length=21, choices=Kind)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="requests")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    facts: Any = models.JSONField(default=dict)  # what the form of the kind took in; never an IBAN
    iban_sealed = models.CharField(max_length=300, blank=True, default="")
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")  # of the newest decision
    # The one of the same campaign that was refused, and that this one corrects.
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="followed_by")
    # One more at each step: a decision names the one it was taken on.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "changed_at"], name="requests_of_account"),
            models.Index(fields=["state", "sent_at"], name="requests_of_the_queue"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "kind"], condition=Q(state="draft", campaign=None), name="one_draft_a_kind"
            ),
            models.UniqueConstraint(
                fields=["account", "campaign"],
                condition=~Q(state__in=["withdrawn", "refused"]),
                name="one_living_request_a_campaign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind} {self.state}"

    @property
    def token(self) -> str:
        """This request as a page shows it, for what is decided on that page."""
        return f"{self.pk}:{self.version}"


class Wish(models.Model):
    """One line of a transfer: a school, or any post of a department, of one of its communes, of one sort of school.
    Ranks go from 1 on, without a gap."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField()
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    department = models.CharField(max_length=3, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    sort = models.CharField(max_length=20, blank=True, default="")  # as School.kind

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "school"], name="place_wished_once"),
            models.UniqueConstraint(
                fields=["request", "department", "city", "sort"], condition=Q(school=None), name="wide_wish_once"
            ),
            models.CheckConstraint(
                condition=Q(school=None, department__gt="") | Q(school__isnull=False, department="", city="", sort=""),
                name="wish_is_a_school_or_wide",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.school_id or self.department}"


class RequestDocument(models.Model):
    """Its bytes lie in the room's folder under `key`, as those of an enclosure do."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="documents")
    slot = models.CharField(max_length=20)  # which document it is, by the words of requests.kinds.DOCUMENTS
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.key)


class RequestEvent(models.Model):
    """What happened to a request once it was sent, with its hour."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="events")
    state = models.CharField(max_length=9, choices=ServiceRequest.State)  # the one it has since
    at = models.DateTimeField()
    author = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    signed = models.CharField(max_length=130)
    from_office = models.BooleanField()
    text = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.request_id} {self.state}"

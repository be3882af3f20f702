"""Lists that a post keeps, and who may approve mailings."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import School


class SavedList(models.Model):
    """A question with a name. It belongs to a post, not to its author: `place` and `post`."""

    class Post(models.TextChoices):
        HEAD = "head"
        OFFICE = "office"
        INSPECTION = "inspection"

    name = models.CharField(max_length=80)
    place = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=10, choices=Post)
    question = models.TextField()  # `Question.as_text`
    shared_with = models.ManyToManyField(School, related_name="+")  # offices: they read it, within their own perimeter
    saved_by = models.CharField(max_length=60)  # key of an account, as in the journal
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["place", "post", "name"], name="one_list_of_a_name")]

    def __str__(self) -> str:
        return self.name


class ApprovalRight(models.Model):
    """One period in which somebody may approve mailings: given by one administrator, confirmed by another. Ended, never
    written over."""

    holder = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="approval_rights")
    starts = models.DateField()
    ends = models.DateField(db_index=True)  # last day
    # Keys of accounts, as in the journal.
    given_by = models.CharField(max_length=60)
    given_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=60, default="")
    confirmed_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="approval_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(given_by=F("holder")) & ~Q(confirmed_by=F("holder")) & ~Q(confirmed_by=F("given_by")),
                name="approval_by_three_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="", confirmed_at__isnull=True)
                | ~Q(confirmed_by="") & Q(confirmed_at__isnull=False),
                name="approval_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id} {self.starts} - {self.ends}"

"""What somebody was before: the HR feed tells only what is true now, so each difference is written down here."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.people.models import Person, School


class Source(models.TextChoices):
    FEED = "feed", _("seen in the HR feed")
    FILE = "file", _("from the file of careers")


class GradeStep(models.Model):
    """A corps, a grade and an échelon that somebody had or has. `since` is null when no source tells the day: then
    `seen_on` is the day on which it was first seen to be so."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="career_steps")
    corps = models.CharField(max_length=60, blank=True, default="")
    grade = models.CharField(max_length=60, blank=True, default="")
    step = models.PositiveSmallIntegerField(null=True)
    since = models.DateField(null=True)
    seen_on = models.DateField()
    source = models.CharField(max_length=4, choices=Source, default=Source.FEED)

    class Meta:
        db_table = "career_step"
        indexes: ClassVar = [models.Index(fields=["person", "seen_on"], name="steps_of_person")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "corps", "grade", "step"], name="step_reached_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.corps} {self.grade} {self.step}"


class Post(models.Model):
    """A post that somebody held or holds. `gone_on`: the day on which the feed no longer told it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="career_posts")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=200)  # as it was called then
    city = models.CharField(max_length=100, blank=True, default="")
    function = models.CharField(max_length=10, blank=True, default="")
    discipline = models.CharField(max_length=80, blank=True, default="")
    share = models.PositiveSmallIntegerField(null=True)  # percent of full time
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)
    gone_on = models.DateField(null=True)
    source = models.CharField(max_length=4, choices=Source, default=Source.FEED)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "gone_on"], name="posts_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.place}"

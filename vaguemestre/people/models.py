"""Staff as the HR feed tells them. A person is never deleted by a feed: leaving is a date."""

from typing import Any, ClassVar

from django.db import models

from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.folding import searched_as


class School(models.Model):
    """Any place where staff are posted: school, collège, lycée, but also a DSDEN or the rectorat."""

    uai = models.CharField(primary_key=True, max_length=8)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    department = models.CharField(max_length=3, db_index=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.city})"


class Person(models.Model):
    """One member of staff. Known by NUMEN, or by the HR system's provisional key until there is one."""

    class Civility(models.TextChoices):
        MR = "M."
        MRS = "Mme"

    hr_key = models.CharField(max_length=40, unique=True, null=True)
    numen_cipher = models.CharField(max_length=120, null=True)
    numen_lookup = models.CharField(max_length=70, unique=True, null=True)
    civility = models.CharField(max_length=3, choices=Civility)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)  # civil
    usual_name = models.CharField(max_length=60, null=True)
    birth_date = models.DateField()
    address_lines = models.JSONField(default=list)  # lines 2 to 7 of NF Z 10-011, without the name
    category = models.CharField(max_length=10)
    corps = models.CharField(max_length=60, null=True)
    grade = models.CharField(max_length=60, null=True)
    step = models.PositiveSmallIntegerField(null=True)  # échelon
    department = models.CharField(max_length=3, db_index=True)  # the DSDEN that manages this person
    officer = models.CharField(max_length=120, null=True)  # gestionnaire
    duty_start = models.DateField()
    duty_end = models.DateField(null=True)  # last day of duty
    present = models.BooleanField(default=True)  # in post, or expected, by the last snapshot
    # Every name without accent nor capital, what a search looks in. Kept by `save` and by whoever writes in bulk.
    search_name = models.CharField(max_length=400, default="", editable=False, db_index=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["last_name", "first_name"]),
            models.Index(fields=["category"], name="people_by_category"),
            models.Index(fields=["corps"], name="people_by_corps"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(hr_key__isnull=False) | models.Q(numen_lookup__isnull=False), name="person_has_a_key"
            ),
            models.CheckConstraint(
                condition=models.Q(numen_lookup__isnull=True, numen_cipher__isnull=True)
                | models.Q(numen_lookup__isnull=False, numen_cipher__isnull=False),
                name="numen_cipher_and_lookup_together",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.note_search_name()
        super().save(*args, **kwargs)

    def note_search_name(self) -> None:
        self.search_name = searched_as(self.first_name, self.last_name, self.usual_name)

    @property
    def key(self) -> str:
        return f"p{self.pk:07d}"

    @property
    def family_name(self) -> str:
        return self.usual_name or self.last_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.family_name}"

    # What tells this person from another of the same name, and how many bear it here (`namesakes.tell_apart`).
    told_by = ""
    bearers = 1

    @property
    def distinct_name(self) -> str:
        """Never the same for two people, once they were told apart."""
        return f"{self.full_name}, {self.told_by}" if self.told_by else self.full_name

    @property
    def function_label(self) -> str:
        return CATEGORIES[self.category].label(self.civility)

    @property
    def main_posting(self) -> "Posting | None":
        """Reads `postings`: prefetch it (with `postings__school`) for a list."""
        return min(self.postings.all(), key=lambda posting: posting.rank, default=None)


class Posting(models.Model):
    """Where, and for which share of full time. Rank 1 is the main one."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="postings")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="postings")
    rank = models.PositiveSmallIntegerField()
    function = models.CharField(max_length=10)
    discipline = models.CharField(max_length=80, null=True)
    share = models.PositiveSmallIntegerField()  # percent of full time
    starts = models.DateField()
    ends = models.DateField(null=True)  # last day

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["function"], name="postings_by_function"),
            models.Index(fields=["discipline"], name="postings_by_discipline"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "rank"], name="one_posting_a_rank"),
            models.CheckConstraint(condition=models.Q(rank__gte=1, rank__lte=3), name="posting_rank_1_to_3"),
        ]

    def __str__(self) -> str:
        return f"{self.person} - {self.school}"


class Pending(models.Model):
    """What a known person becomes on a later day. A newer snapshot replaces or drops it. Never holds a NUMEN."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="pending")
    on = models.DateField(db_index=True)
    facts: Any = models.JSONField()

    def __str__(self) -> str:
        return f"{self.person} - {self.on}"


class Snapshot(models.Model):
    """One applied feed. The newest date is the floor under the next one.

    `number` is one more than that of the snapshot the feed was compared with: of two imports at once, the second to
    write meets the unique number and compares again.
    """

    number = models.PositiveIntegerField(unique=True)
    dated = models.DateField(db_index=True)
    applied_at = models.DateTimeField()
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    lines = models.PositiveIntegerField()
    counts: Any = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.dated} ({self.lines})"


class Former(models.Model):
    """What somebody was before the last import, to take it back. Only the last one's rows are kept. Never a NUMEN."""

    class Kind(models.TextChoices):
        NEW = "new"  # unknown before: there are no facts
        KNOWN = "known"

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="former")
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="former")
    kind = models.CharField(max_length=5, choices=Kind)
    facts: Any = models.JSONField(null=True)
    line = models.PositiveIntegerField(null=True)  # of the feed; a leaver stands on none
    left_as = models.CharField(max_length=64)  # a digest of what the import made of them: still so, or changed since

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"

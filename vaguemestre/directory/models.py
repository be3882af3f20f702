"""What a search looks in: names and places without accent nor capital, made from people and accounts (`index`).

Nothing here is true by itself: who may be seen is asked of the account and the person each time (`access`)."""

from typing import ClassVar

from django.db import models

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import School


class Entry(models.Model):
    """One person. `names` and `about` are folded words, each with a space before it, and one at the end."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="entry")
    name = models.CharField(max_length=125)
    local_part = models.CharField(max_length=64)
    sort = models.CharField(max_length=125)  # by family name
    names = models.CharField(max_length=420)
    about = models.CharField(max_length=700)
    category = models.CharField(max_length=10)
    function = models.CharField(max_length=10)  # of the main post; empty without one
    role = models.CharField(max_length=160)  # in words: the discipline, else the function
    school = models.ForeignKey(School, null=True, on_delete=models.SET_NULL, related_name="+")
    place = models.CharField(max_length=320)  # the school's name and town; empty without a post
    department = models.CharField(max_length=3)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["category", "department"]), models.Index(fields=["department"])]

    def __str__(self) -> str:
        return self.name


class Word(models.Model):
    """One word of somebody's name. What begins so is read off an index in the order it is shown, on any database:
    `sort` and `department` are the entry's."""

    word = models.CharField(max_length=120)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="words", db_index=False)
    sort = models.CharField(max_length=125)
    department = models.CharField(max_length=3)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["word", "sort", "entry"], name="words_in_order"),
            models.Index(fields=["department", "word", "sort", "entry"], name="words_of_a_department"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "word"], name="a_word_once")]

    def __str__(self) -> str:
        return self.word


class Establishment(models.Model):
    """A school or office where somebody of the directory is posted. `words` as in `Entry`: name, town, UAI, kind."""

    school = models.OneToOneField(School, primary_key=True, on_delete=models.CASCADE, related_name="place")
    words = models.CharField(max_length=500)
    sort = models.CharField(max_length=320)  # by town, then by name

    class Meta:
        db_table = "directory_place"

    def __str__(self) -> str:
        return self.sort

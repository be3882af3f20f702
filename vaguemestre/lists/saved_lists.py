"""Lists with a name, which a post keeps: who holds it next finds them."""

from datetime import datetime
from itertools import chain

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.lists.models import SavedList
from vaguemestre.lists.perimeter import ListPost
from vaguemestre.lists.question import Question, QuestionError
from vaguemestre.people.functions import DSDEN, RECTORAT
from vaguemestre.people.models import School


class NameTakenError(Exception):
    """This post has a list of that name."""


def own_lists(posts: list[ListPost]) -> QuerySet[SavedList]:
    """Those that these posts keep, and may change."""
    owned = Q(pk__in=())
    for post in posts:
        owned |= Q(place=post.place, post=post.kind)
    return SavedList.objects.filter(owned).select_related("place").order_by("name", "pk")


def shared_lists(posts: list[ListPost]) -> QuerySet[SavedList]:
    """Those of others that these posts may read."""
    shared = SavedList.objects.filter(shared_with__in=[post.place.uai for post in posts])
    own = own_lists(posts).order_by().values("pk")
    return shared.exclude(pk__in=own).distinct().select_related("place").order_by("name", "pk")


def offices(saved: SavedList | None, posts: list[ListPost]) -> list[School]:
    """Whom a list may be shared with: the offices, but for that of the post itself. One query."""
    own = saved.place_id if saved else posts[0].place.uai
    return list(School.objects.filter(kind__in=(RECTORAT, DSDEN)).exclude(uai=own).order_by("name"))


def save_list(
    saved: SavedList | None, post: ListPost, account: Account, name: str, question: Question, shared: list[School],
    *, now: datetime,
) -> SavedList:  # fmt: skip
    """A new one belongs to `post`. Raises NameTakenError."""
    saved = saved or SavedList(place=post.place, post=post.kind)
    saved.name, saved.question, saved.saved_by, saved.saved_at = name, question.as_text(), account.key, now
    try:
        with transaction.atomic():
            saved.save()
            saved.shared_with.set(shared)
            journal.record(account.key, "staff-list.saved", account.key, list=saved.pk, question=saved.question)
    except IntegrityError as error:
        raise NameTakenError from error
    return saved


def delete_list(saved: SavedList, *, by: Account) -> None:
    with transaction.atomic():
        journal.record(by.key, "staff-list.deleted", by.key, list=saved.pk, question=saved.question)
        saved.delete()


def forget_person(key: str) -> None:
    """Out of every list that names them."""
    for saved in SavedList.objects.filter(question__contains=f'"{key}"'):
        saved.question = saved_question(saved).without(key).as_text()
        saved.save(update_fields=["question"])


def saved_question(saved: SavedList) -> Question:
    """An empty one where the authority no longer has what it names."""
    try:
        return Question.from_text(saved.question)
    except QuestionError:
        return Question()


def list_places(lists: list[SavedList]) -> set[str]:
    """UAI in their questions."""
    return set(chain.from_iterable(saved_question(one).places for one in lists))

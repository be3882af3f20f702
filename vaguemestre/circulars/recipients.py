"""Whom a circular reaches, and whom it concerns: those of the day it is submitted, and those who come later."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.circulars.models import Circular, Delivery
from vaguemestre.lists.members import people_found, people_in_post
from vaguemestre.lists.perimeter import Perimeter
from vaguemestre.lists.question import Question, QuestionError
from vaguemestre.people.functions import current_postings
from vaguemestre.people.models import Person, Posting


def question_of(text: str) -> Question:
    """An empty one where the authority no longer has what it names."""
    try:
        return Question.from_text(text)
    except QuestionError:
        return Question()


def reachable_keys(question: Question, perimeter: Perimeter, today: date) -> list[str]:
    """Keys of accounts that receive mail, in their order. One query."""
    accounts = Account.objects.filter(person__in=people_found(question, perimeter, today).values("pk"))
    return list(accounts.filter(state=Account.State.OPEN).order_by("key").values_list("key", flat=True))


def without_mailbox(question: Question, perimeter: Perimeter, today: date) -> int:
    """People in the list whose account does not receive."""
    shut = Q(account=None) | ~Q(account__state=Account.State.OPEN)
    return people_found(question, perimeter, today).filter(shut).count()


def holders(circular: Circular) -> QuerySet[Delivery]:
    """Copies of it, or of its reminder, that left: their mailboxes have it, or may get it yet."""
    gone = (Delivery.State.HANDING, Delivery.State.QUEUED, Delivery.State.DELIVERED)
    return Delivery.objects.filter(mailing__circular=circular, state__in=gone)


def addresses_in_post(keys: Collection[str], today: date) -> dict[str, str]:
    """By key, of those who are still in post and receive. One query."""
    in_post: QuerySet[Person] = people_in_post(today)
    found = Account.objects.filter(key__in=keys, state=Account.State.OPEN, person__in=in_post.values("pk"))
    return {one.key: one.address for one in found}


def concerns(person: Person, question: Question, perimeter: Perimeter, today: date) -> bool:
    """As `people_found`, of one person whose posts are read already: an archive has hundreds of circulars."""
    key = person.account.key
    posts = [one for one in current_postings(person, today=today) if perimeter.covers(one)]
    if key in question.removed or not posts:
        return False
    if key in question.added:
        return True
    return question.asks_something and any(_fits(person, post, question) for post in posts)


def _fits(person: Person, post: Posting, question: Question) -> bool:
    kinds = question.kinds_asked
    if kinds is not None and post.school.kind not in kinds:
        return False
    facts = {
        "functions": post.function, "categories": person.category, "corps": person.corps, "places": post.school_id,
        "departments": post.school.department, "disciplines": post.discipline,
    }  # fmt: skip
    return all(not getattr(question, line) or fact in getattr(question, line) for line, fact in facts.items())


def perimeter_as_data(perimeter: Perimeter) -> dict[str, Any]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(perimeter).items()}


def perimeter_from_data(kept: dict[str, Any]) -> Perimeter:
    lines = {name: frozenset(kept.get(name, ())) for name in ("departments", "disciplines", "places")}
    return Perimeter(everybody=bool(kept.get("everybody")), **lines)

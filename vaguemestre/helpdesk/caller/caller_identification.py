"""Who is on the phone? A proof is for one agent and one account, and lasts a quarter of an hour."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.helpdesk.models import IdentityProof
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.folding import words
from vaguemestre.people.models import Person

LASTS = timedelta(minutes=15)
TRIES = 3  # on one account by one way, whichever agent takes the call
TRIES_OF_AGENT = 10  # by one way
COUNTED_FOR = timedelta(hours=24)
RIGHT_ANSWERS = 3  # the date of birth and two others
SHORTEST = 3  # signs of a word that can prove anything
Method = IdentityProof.Method


class TooManyTriesError(Exception):
    """Nobody can try again this way on this account, or this agent on any, until tomorrow: another way, see the
    person, or write."""


@dataclass(frozen=True)
class Answers:
    birth_date: date | None
    town: str
    subject: str
    year: str


def valid_proof(agent: Account, account: Account, now: datetime) -> IdentityProof | None:
    good = IdentityProof.objects.filter(agent=agent, account=account, good=True, at__gt=now - LASTS)
    return good.order_by("-at").first()


def tries_left(agent: Account, account: Account, method: IdentityProof.Method, now: datetime) -> int:
    """Of this way only: who guesses at the questions does not shut the code, which only the mailbox's owner reads."""
    failed = IdentityProof.objects.filter(good=False, method=method, at__gt=now - COUNTED_FOR)
    left = TRIES - failed.filter(account=account).count()
    return max(0, min(left, TRIES_OF_AGENT - failed.filter(agent=agent).count()))


def by_questions(agent: Account, account: Account, answers: Answers, *, now: datetime) -> bool:
    """Only the outcome is told, never which answer was wrong. Raises TooManyTriesError."""
    return _write(agent, account, Method.QUESTIONS, _right(account.person, answers), now)


def by_code(agent: Account, account: Account, *, matched: bool, now: datetime) -> bool:
    """The code is checked by `accounts.rescue.confirmation_codes`. Raises TooManyTriesError."""
    return _write(agent, account, Method.CODE, matched, now)


def in_person(agent: Account, account: Account, *, now: datetime) -> None:
    """The agent has the person and an identity document before their eyes, and answers for it."""
    with transaction.atomic():
        _keep(agent, account, Method.IN_PERSON, good=True, now=now)


def forget_account(key: str, _now: datetime) -> None:
    """At the purge of an account; the journal keeps its lines."""
    IdentityProof.objects.filter(account=key).delete()


def _write(agent: Account, account: Account, method: IdentityProof.Method, good: bool, now: datetime) -> bool:
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # two calls at once take their turn
        if not tries_left(agent, account, method, now):
            raise TooManyTriesError
        _keep(agent, account, method, good=good, now=now)
    return good


def _keep(agent: Account, account: Account, method: IdentityProof.Method, *, good: bool, now: datetime) -> None:
    IdentityProof.objects.create(agent=agent, account=account, method=method, good=good, at=now)
    journal.record(agent.key, "identity.proved" if good else "identity.not-proved", account.key, method=method.value)


def _right(person: Person, answers: Answers) -> bool:
    """The date of birth always. What a colleague can read on a school's door (school, function) proves nothing."""
    if answers.birth_date != person.birth_date:
        return False
    others = [
        _same_town(person, answers.town),
        _same_subject(person, answers.subject),
        answers.year.strip() == str(person.duty_start.year),
    ]
    return 1 + sum(others) >= RIGHT_ANSWERS


def _same_town(person: Person, said: str) -> bool:
    """The last line of the home address, by its postcode or its name."""
    if not person.address_lines:
        return False
    postcode, *town = words(person.address_lines[-1])
    return words(said) in ([postcode], town, [postcode, *town])


def _same_subject(person: Person, said: str) -> bool:
    """Discipline or grade, in part: « maths » for « mathématiques »."""
    typed = [word for word in words(said) if len(word) >= SHORTEST]
    known = [posting.discipline for posting in person.postings.all()] + [person.grade]
    stems = {word[: max(SHORTEST, len(word) - 1)] for word in typed}
    generic = {"classe", *words(CATEGORIES[person.category].label(person.civility))}
    texts = [" ".join(word for word in words(text) if word not in generic) for text in known if text]
    return bool(stems) and any(all(_begins(stem, text) for stem in stems) for text in texts)


def _begins(stem: str, text: str) -> bool:
    return any(word.startswith(stem) for word in text.split())

"""The page of one list: what was filled in, and what it finds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Prefetch
from django.http import QueryDict

from vaguemestre.accounts.models import Account
from vaguemestre.lists import preview_text
from vaguemestre.lists.access import Asker
from vaguemestre.lists.candidates import MOST, find_people, find_places, named_people
from vaguemestre.lists.criteria import bounded, read_question
from vaguemestre.lists.members import people_found
from vaguemestre.lists.membership import Membership, memberships
from vaguemestre.lists.models import SavedList
from vaguemestre.lists.perimeter import Perimeter
from vaguemestre.lists.preview import Preview, TooManyQuestionsError, is_at_home, is_in_use, preview_question
from vaguemestre.lists.question import Question
from vaguemestre.lists.saved_lists import saved_question
from vaguemestre.people.models import Person, Posting, School

LONGEST = 80  # characters that one types to find somebody
LISTED = 300  # people whose names the page has, at home
WRITTEN_TO = 50  # people at home to whom one message goes by the ordinary composer; more need a second person


@dataclass(frozen=True, slots=True)
class Draft:
    """`saved`: the list that it changes. `person`: the one whom one looks for in the list."""

    question: Question
    name: str = ""
    shared: frozenset[str] = frozenset()  # UAI of offices
    place: str = ""
    more: str = ""
    fewer: str = ""
    person: str = ""
    saved: SavedList | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A line of a list of boxes: those chosen first, then those that what was typed finds."""

    line: str
    chosen: Sequence[Person | School]
    found: Sequence[Person | School]
    typed: str

    @property
    def has_more(self) -> bool:
        return len(self.found) > MOST

    @property
    def shown(self) -> Sequence[Person | School]:
        return self.found[:MOST]


@dataclass(frozen=True, slots=True)
class Result:
    """`preview`: None before anything is chosen, and where the hour's questions are used up (`too_many`)."""

    preview: Preview | None = None
    too_many: bool = False
    at_home: bool = False
    people: Sequence[Membership] = ()
    members: Sequence[tuple[Person, bool]] = ()  # with whether their mailbox is in use
    written_to: Sequence[str] = ()  # addresses for the composer; none where they are too many

    @property
    def said(self) -> dict[str, str]:
        texts = ("total", "groups", "inactive", "named")
        return {one: getattr(preview_text, f"{one}_text")(self.preview) for one in texts} if self.preview else {}


def new_draft(asker: Asker) -> Draft:
    return Draft(bounded(Question(), asker.perimeter))


def saved_draft(asker: Asker, saved: SavedList, *, is_own: bool) -> Draft:
    """A shared list begins a list of one's own."""
    question = bounded(saved_question(saved), asker.perimeter)
    shared = frozenset(saved.shared_with.values_list("pk", flat=True)) if is_own else frozenset()
    return Draft(question, saved.name, shared, saved=saved if is_own else None)


def sent_draft(asker: Asker, data: QueryDict, saved: SavedList | None) -> Draft:
    """Raises QuestionError."""
    question = read_question(data)
    reach = asker.perimeter
    kept = {one.account.pk for one in named_people(question.added | question.removed, reach, asker.today)}
    question = replace(question, added=question.added & kept, removed=question.removed & kept)
    typed = {one: " ".join(data.get(one, "").split())[:LONGEST] for one in ("name", "place", "more", "fewer", "person")}
    return Draft(bounded(question, reach), shared=frozenset(data.getlist("shared")), saved=saved, **typed)


def find_result(asker: Asker, draft: Draft, *, now: datetime) -> Result:
    """One question of the limit; none where nothing is chosen."""
    question, reach, today = draft.question, asker.perimeter, asker.today
    if not question.asks_something and not question.added:
        return Result()
    about = find_people(draft.person, reach, today)[:MOST] if draft.person else []
    try:
        preview = preview_question(asker.account, question, now=now, about=[one.account.pk for one in about])
    except TooManyQuestionsError:
        return Result(too_many=True)
    at_home = is_at_home(question, reach)
    members = _members(question, reach, asker) if at_home else ()
    return Result(
        preview, at_home=at_home, people=memberships(about, question, reach, today),
        members=[(one, is_in_use(one.account)) for one in members], written_to=_written_to(members, asker),
    )  # fmt: skip


def named_lines(asker: Asker, draft: Draft) -> dict[str, Named]:
    """Places, and people by name."""
    question, reach, today = draft.question, asker.perimeter, asker.today
    people = {one.account.pk: one for one in named_people(question.added | question.removed, reach, today)}
    found = {}
    for line, typed in (("added", draft.more), ("removed", draft.fewer)):
        chosen = getattr(question, line)
        others = [one for one in find_people(typed, reach, today) if one.account.pk not in chosen]
        found[line] = Named(line, _chosen(people, chosen), others, typed)
    return found | {"places": _places(question, reach, draft.place)}


def _chosen(people: dict[str, Person], keys: Iterable[str]) -> list[Person]:
    return [one for key, one in people.items() if key in set(keys)]


def _places(question: Question, reach: Perimeter, typed: str) -> Named:
    chosen = list(School.objects.filter(uai__in=question.places).order_by("city", "name")) if question.places else []
    others = [one for one in find_places(typed, reach) if one.uai not in question.places]
    return Named("places", chosen, others, typed)


def _written_to(members: Sequence[Person], asker: Asker) -> list[str]:
    others = [one.account for one in members if one.account != asker.account]
    found = [one.address for one in others if one.state == Account.State.OPEN]
    return found if len(found) <= WRITTEN_TO else []


def _members(question: Question, reach: Perimeter, asker: Asker) -> list[Person]:
    """Two queries."""
    found = people_found(question, Perimeter(places=reach.places), asker.today).exclude(account=None)
    posts = Prefetch("postings", Posting.objects.select_related("school"))
    people = found.select_related("account").prefetch_related(posts).order_by("search_name", "pk")[:LISTED]
    return list(people)

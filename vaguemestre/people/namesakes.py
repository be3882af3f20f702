"""People of one name told apart in a list, by what is known of them and differs."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Count, Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from vaguemestre.people.folding import searched_as
from vaguemestre.people.models import Person, Posting

type Traits = Sequence[str]  # the most telling first; as many for each; "" where nothing is known


def told_apart(people: Sequence[tuple[str, Traits]]) -> list[str]:
    """The names in their order. Of those that come more than once, each with the first traits that all of them
    have and by which they differ."""
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for place, (name, _traits) in enumerate(people):
        alike[name].append(place)
    said = [name for name, _traits in people]
    for places in alike.values():
        known = [people[place][1] for place in places]
        telling = _telling(known)
        for place, traits in zip(places, known, strict=True):
            said[place] = ", ".join([said[place], *(traits[column] for column in telling)])
    return said


def tell_apart(people: Iterable[Person]) -> None:
    """Before names are shown: `distinct_name` of whoever shares theirs with somebody says discipline or function, and
    school, always; between two who share that too, what else differs. One query; one more where a name is shared."""
    everybody = list(people)
    shared = _shared_names(everybody)
    found = [one for one in everybody if _searched(one) in shared]
    prefetch_related_objects(found, Prefetch("postings", Posting.objects.select_related("school")))
    persons = {one.pk: one for one in found}  # of one person there may be several objects
    count = Counter(one.full_name for one in persons.values())
    said = told_apart([(_who_and_where(one), traits(one)[2:]) for one in persons.values()])
    words = dict(zip(persons, said, strict=True))
    for one in found:
        one.told_by, one.bearers = words[one.pk].removeprefix(f"{one.full_name}, "), count[one.full_name]


def _shared_names(people: Collection[Person]) -> set[str]:
    """As a search sees them: of these people's names, those that several of the staff bear, or several of these."""
    names = {_searched(one) for one in people}
    bearers = Person.objects.filter(search_name__in=names).values("search_name")
    many = set(bearers.annotate(n=Count("pk")).filter(n__gt=1).values_list("search_name", flat=True))
    here = Counter(_searched(one) for one in {one.pk: one for one in people}.values())
    return many | {name for name, times in here.items() if times > 1}


def _searched(person: Person) -> str:
    return searched_as(person.first_name, person.family_name)


def _who_and_where(person: Person) -> str:
    posting = person.main_posting
    what = (posting.discipline if posting else "") or person.function_label
    return ", ".join([person.full_name, what, *([f"{posting.school.name} ({posting.school.city})"] if posting else [])])


def traits(person: Person) -> Traits:
    """Discipline, school, grade, first day. Reads `postings` and their schools."""
    posting = person.main_posting
    discipline, school = (posting.discipline or "", posting.school.name) if posting else ("", "")
    starts = posting.starts if posting else person.duty_start
    return (discipline, school, person.grade or "", _("since %(day)s") % {"day": f"{starts:%d/%m/%Y}"})


def _telling(known: Sequence[Traits]) -> list[int]:
    """Columns; none for one person alone."""
    chosen: list[int] = []
    apart = 1
    for column in range(len(known[0])):
        if apart == len(known):
            break
        if not all(traits[column] for traits in known):
            continue
        now_apart = len({tuple(traits[one] for one in [*chosen, column]) for traits in known})
        if now_apart > apart:
            chosen.append(column)
            apart = now_apart
    return chosen

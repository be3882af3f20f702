"""People of one name told apart in a list, by what is known of them and differs."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _

from vaguemestre.people.models import Person

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

"""The index, made from people and accounts and compared with them: what differs is written, nothing else.

`update_accounts` is told of accounts (`accounts.ports`), `update_index` comes by the clock, and at once when a feed was
applied (`people.ports`). Running either twice, or two at once, changes nothing more."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.directory import search_words
from vaguemestre.directory.models import Entry, Establishment, Word
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.functions import KINDS
from vaguemestre.people.models import Person, Posting, School

KEEP_UP = due.Job("directory.index.keep_up", every=3600)
BATCH = 900  # of keys in one question: SQLite takes no more values everywhere
KEPT = (Account.State.PENDING, Account.State.OPEN)
COLUMNS = [field.attname for field in Entry._meta.concrete_fields if not field.primary_key]


def update_accounts(keys: Sequence[str]) -> None:
    """These accounts were opened, renamed, closed or shut."""
    today = timezone.localdate()
    for batch in batched(sorted(keys), BATCH, strict=False):
        before = _schools_of(batch)
        if _renew(batch, today):
            _places(before | _schools_of(batch))


@KEEP_UP.register
def update_index(key: str, now: datetime) -> None:  # noqa: ARG001 - the clock's signature
    reconcile(today=timezone.localdate(now))


def reconcile(*, today: date) -> int:
    """Everybody, compared with what is true today; returns how many entries were not so."""
    keys = sorted(
        {
            *Account.objects.filter(state__in=KEPT).values_list("key", flat=True),
            *Entry.objects.values_list("pk", flat=True),
        }
    )
    changed = sum(_renew(batch, today) for batch in batched(keys, BATCH, strict=False))
    return changed + _places()


def rebuild(*, today: date) -> int:
    """From nothing. Returns how many people it holds."""
    with transaction.atomic():
        Word.objects.all()._raw_delete(using="default")
        Entry.objects.all()._raw_delete(using="default")
        Establishment.objects.all()._raw_delete(using="default")
        reconcile(today=today)
    return Entry.objects.count()


@dataclass(slots=True)
class _Difference:
    gone: list[str]
    changed: list[Entry]
    renamed: list[Entry]  # of the changed, those whose words are written again


def _renew(keys: Sequence[str], today: date) -> int:
    """Compared without keeping any writer waiting; only what differs is looked at again, and written."""
    found = _difference(keys, today)
    touched = [*found.gone, *(entry.pk for entry in found.changed)]
    if not touched:
        return 0
    with transaction.atomic():
        _write(_difference(touched, today))
    return len(touched)


def _difference(keys: Sequence[str], today: date) -> _Difference:
    before = {entry.pk: entry for entry in Entry.objects.filter(pk__in=keys)}
    after = {entry.pk: entry for entry in _entries(keys, today)}
    changed = [entry for key, entry in after.items() if key not in before or _differ(before[key], entry)]
    renamed = [entry for entry in changed if entry.pk not in before or _indexed(before[entry.pk]) != _indexed(entry)]
    return _Difference([key for key in before if key not in after], changed, renamed)


def _write(found: _Difference) -> None:
    Word.objects.filter(entry__in=[*found.gone, *(entry.pk for entry in found.renamed)]).delete()
    Entry.objects.filter(pk__in=found.gone).delete()
    Entry.objects.bulk_create(
        found.changed, batch_size=BATCH, update_conflicts=True, unique_fields=["account"], update_fields=COLUMNS
    )
    words = (
        Word(word=word, entry=entry, sort=entry.sort, department=entry.department)
        for entry in found.renamed
        for word in entry.names.split()
    )
    Word.objects.bulk_create(words, batch_size=BATCH, ignore_conflicts=True)


def _differ(one: Entry, other: Entry) -> bool:
    return any(getattr(one, column) != getattr(other, column) for column in COLUMNS)


def _indexed(entry: Entry) -> tuple[str, str, str]:
    return entry.names, entry.sort, entry.department


def _entries(keys: Sequence[str], today: date) -> Iterable[Entry]:
    accounts = list(Account.objects.filter(pk__in=keys, state__in=KEPT).select_related("person"))
    posts = _main_posts([account.person.pk for account in accounts], today)
    return [_entry(account, account.person, posts.get(account.person.pk)) for account in accounts]


def _main_posts(persons: Sequence[int], today: date) -> dict[int, Posting]:
    """By person, the first that holds today; before duty begins, the first there will be."""
    posts: dict[int, Posting] = {}
    found = Posting.objects.filter(Q(ends=None) | Q(ends__gte=today), person__in=persons).select_related("school")
    for posting in sorted(found, key=lambda post: (post.starts > today, post.rank)):
        posts.setdefault(posting.person_id, posting)
    return posts


def _entry(account: Account, person: Person, post: Posting | None) -> Entry:
    school = post.school if post else None
    label = person.function_label
    return Entry(
        account=account,
        name=person.full_name[:125],
        local_part=account.local_part,
        sort=search_words.by_family_name(person.first_name, person.family_name),
        names=search_words.stored_words(person.first_name, person.usual_name, person.last_name)[:420],
        about=_about(person, post),
        category=person.category,
        function=post.function if post else "",
        role=capfirst((post.discipline if post else None) or label)[:160],
        school=school,
        place=establishment_words(school)[:320] if school else "",
        department=school.department if school else person.department,
    )


def _about(person: Person, post: Posting | None) -> str:
    """Both genders of the function: "infirmière" finds an "infirmier"."""
    category, school = CATEGORIES[person.category], post.school if post else None
    texts = [category.masculine, category.feminine, post.discipline if post else None]
    texts += [school.name, school.city, school.uai, KINDS.get(school.kind, "")] if school else []
    return search_words.stored_words(*texts)[:700]


def establishment_words(school: School) -> str:
    return school.name if school.city.lower() in school.name.lower() else f"{school.name}, {school.city}"


def _schools_of(keys: Sequence[str]) -> set[str]:
    schools = Entry.objects.filter(pk__in=keys, school__isnull=False).values_list("school", flat=True)
    return {str(uai) for uai in schools}


def _places(only: Collection[str] | None = None) -> int:
    """Where nobody is posted any more is no place of the directory. `only`: nothing has changed elsewhere."""
    schools, places = (
        School.objects.filter(pk__in=Entry.objects.exclude(school=None).values("school")),
        Establishment.objects.all(),
    )
    if only is not None:
        schools, places = schools.filter(pk__in=only), places.filter(pk__in=only)
    wanted = {
        school.uai: Establishment(
            school=school,
            words=search_words.stored_words(school.name, school.city, school.uai, KINDS.get(school.kind, ""))[:500],
            sort=search_words.sort_words((school.city, school.name))[:320],
        )
        for school in schools
    }
    known = {place.pk: place for place in places}
    gone = [uai for uai in known if uai not in wanted]
    changed = [
        place for uai, place in wanted.items()
        if uai not in known or (known[uai].words, known[uai].sort) != (place.words, place.sort)
    ]  # fmt: skip
    for batch in batched(gone, BATCH, strict=False):
        Establishment.objects.filter(pk__in=batch).delete()
    Establishment.objects.bulk_create(
        changed, batch_size=BATCH, update_conflicts=True, unique_fields=["school"], update_fields=["words", "sort"]
    )
    return len(gone) + len(changed)

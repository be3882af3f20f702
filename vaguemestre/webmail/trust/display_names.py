"""Senders from outside under the name of somebody whom the reader obeys, works beside or usually writes to.

One query for a message, however many people there are; some more where a name is found. `docs/decisions/trust.md`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.contacts import lookup
from vaguemestre.contacts.models import Collected
from vaguemestre.mailbox.messages import Address
from vaguemestre.people.folding import words
from vaguemestre.people.functions import DSDEN, RECTORAT, Function
from vaguemestre.people.models import Posting
from vaguemestre.shared_mailboxes.models import SharedMailbox
from vaguemestre.web.compiled_query import CompiledRows
from vaguemestre.webmail.people import homonyms
from vaguemestre.webmail.trust.lookalikes import confusable_skeleton
from vaguemestre.webmail.trust.remote_images import domain_choice

LEAST_WORDS, MOST_WORDS = 2, 6
ORDERS = 8  # in which the words of a name are looked for
USUAL = 3  # messages written to somebody
OBEYED = tuple(one.value for one in (Function.HEAD, Function.DEPUTY, Function.INSPECTION))
OFFICES = (DSDEN, RECTORAT)
_TITLE_WORDS = """
    m mr mme mlle monsieur madame mademoiselle dr docteur prof professeur professeure inspecteur inspectrice ien iaipr
    ipr dasen principal principale proviseur proviseure directeur directrice recteur rectrice chef cheffe
"""
# Of names that are nobody's: two firms may both call themselves "Service client".
_COMMON_WORDS = """
    accueil assistance client clients commande commandes compta comptabilite contact direction equipe facturation
    gestion info infos information mairie newsletter noreply notification notifications reply secretariat service
    services support
"""
_TITLES, _ARTICLES = frozenset(_TITLE_WORDS.split()), frozenset(("le", "la"))
_NOBODY_S = frozenset(_COMMON_WORDS.split())
_ENDS = re.compile(r"[,;:(\[|/–—<]| - | via ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SpoofedName:
    """`name`: whose, with function and place where these are why. `known`: the address one writes to them at."""

    name: str
    known: str = ""


def find_spoofed_name(sender: Address, reader: Account, today: date) -> SpoofedName | None:
    """None for a name of one word, which nobody is looked for by, and for an address that the reader has a card of."""
    names = name_readings(sender.name)
    if not names:
        return None
    ours, written = _find_named(names, reader)
    found = _of_ours(ours, reader.key, today) or _of_correspondents(written, names, sender.address)
    return None if found is None or lookup.has_address(reader, sender.address) else found


def bears_our_name(sender: Address, reader: Account) -> bool:
    """Of anybody here but the reader, wherever they work and however many bear it, or of a shared mailbox. Two queries
    at most."""
    names = name_readings(sender.name)
    if names and any(one.key != reader.key for one in _find_named(names, reader)[0]):
        return True
    shared = SharedMailbox.objects.values_list("account__shared_name", flat=True)
    written = {f" {' '.join(words(name))} " for name in (sender.name, confusable_skeleton(sender.name))}
    return any(f" {called} " in name for called in map(_in_words, shared) if called for name in written)


@lru_cache(maxsize=10_000)
def _in_words(name: str) -> str:
    return " ".join(words(name))


def name_readings(name: str) -> list[list[str]]:
    """The words that may be a person's name: those before what is only said of the person, then all of them."""
    written = dict.fromkeys((name, confusable_skeleton(name)))  # by their sound and by their look
    parts = (_bare(words(part)) for one in written for part in (_ENDS.split(one, maxsplit=1)[0], one))
    return [list(one) for one in dict.fromkeys(map(tuple, parts)) if LEAST_WORDS <= len(one) <= MOST_WORDS]


def _bare(parts: Sequence[str]) -> Sequence[str]:
    """`Mme la Principale Nadia Benhamou`: without what stands before a name, and behind it."""
    start, end = 0, len(parts)
    while start < end and (parts[start] in _TITLES or (start and parts[start] in _ARTICLES)):
        start += 1
    while end > start and parts[end - 1] in _TITLES:
        end -= 1
    return parts[start:end]


def _rotations(parts: Sequence[str]) -> Iterable[Sequence[str]]:
    """`Benhamou Nadia` is `Nadia Benhamou`, wherever a compound name begins."""
    return (list(parts[place:]) + list(parts[:place]) for place in range(len(parts)))


@dataclass(frozen=True, slots=True)
class _Named:
    base: str
    key: str
    beside: bool  # of one of the reader's own schools
    obeyed: bool


def _query(reader: str, *bases: str) -> QuerySet[Any, Any]:
    """What is ours under these names, and whom the reader usually writes to: rows of two tables, told apart by "@"."""
    posts = Posting.objects.filter(person=OuterRef("account__person"))
    ours = (
        LocalPart.objects.filter(base__in=bases, kind=LocalPart.Kind.MAIN)
        .annotate(
            beside=Exists(posts.filter(school__postings__person__account=reader)),
            obeyed=Exists(posts.filter(Q(function__in=OBEYED) | Q(school__kind__in=OFFICES))),
        )
        .values_list("base", "account_id", "beside", "obeyed")
    )
    written = Collected.objects.filter(account=reader, times__gte=USUAL).order_by()
    written = written.annotate(beside=Value(value=False), obeyed=Value(value=False))
    return ours.union(written.values_list("name", "address", "beside", "obeyed"), all=True)


_NAMED = CompiledRows(_query)


def _split(rows: Iterable[tuple[str, str, object, object]]) -> tuple[list[_Named], list[tuple[str, str]]]:
    ours, written = [], []
    for text, key, beside, obeyed in rows:
        if "@" in key:
            written.append((text, key))
        else:
            ours.append(_Named(text, key, bool(beside), bool(obeyed)))
    return ours, written


def _find_named(names: Sequence[Sequence[str]], reader: Account) -> tuple[list[_Named], list[tuple[str, str]]]:
    bases = list(dict.fromkeys("".join(order) for name in names for order in _rotations(name)))[:ORDERS]
    bases += bases[:1] * (ORDERS - len(bases))
    return _split(_NAMED.all(reader.key, *bases))


def _of_ours(ours: Sequence[_Named], reader: str, today: date) -> SpoofedName | None:
    """A colleague of one's own school, whatever the name; somebody whom others obey, if it is nobody else's here: a
    name that is given twice among our staff is a common one, and is borne outside as well. Nobody for one's own."""
    grouped: defaultdict[str, list[_Named]] = defaultdict(list)
    for one in ours:
        grouped[one.base].append(one)
    of_name = {base: same for base, same in grouped.items() if reader not in {one.key for one in same}}
    beside = [one.key for same in of_name.values() for one in same if one.beside]
    obeyed = [same[0].key for same in of_name.values() if len(same) == 1 and same[0].obeyed]
    for account in _accounts(beside):
        return SpoofedName(account.person.full_name)
    for account in _accounts(obeyed):
        if homonyms.is_in_sight(account, today):
            return SpoofedName(homonyms.colleague_text(account))
    return None


def _accounts(keys: Sequence[str]) -> Iterable[Account]:
    if not keys:
        return []
    found = Account.objects.filter(key__in=keys).order_by("pk").select_related("person")
    return found.prefetch_related("person__postings__school")


def _of_correspondents(
    written: Sequence[tuple[str, str]], names: Sequence[Sequence[str]], address: str
) -> SpoofedName | None:
    """Somebody whom the reader usually writes to, at another address; not where both are of one organisation."""
    wanted, own = {tuple(sorted(name)) for name in names}, address.strip().lower()
    if any(known == own for _name, known in written):
        return None
    same = [(name, known) for name, known in written if _folded(name) in wanted]
    if any((domain_choice(known) and domain_choice(known) == domain_choice(own)) for _, known in same):
        return None
    return next((SpoofedName(name, known) for name, known in same), None)


@lru_cache(maxsize=10_000)
def _folded(name: str) -> tuple[str, ...]:
    """In the order of the alphabet; nothing for what is nobody's name."""
    read = words(name)
    return () if _NOBODY_S.intersection(read) else tuple(sorted(read))

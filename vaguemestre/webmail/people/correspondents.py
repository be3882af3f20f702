"""How people are shown: initials of a person, a house for a service, a megaphone for a list; and a colour for each."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.identity import name_rules
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.mailbox.messages import Address, Row
from vaguemestre.people.models import Person
from vaguemestre.web.compiled_query import CompiledRows
from vaguemestre.web.templatetags.web import icon

NAMED = 4  # who wrote in a conversation, as far as a row names them
COLLEAGUE, SERVICE, OUTSIDE, SELF = "", "service", "outside", "self"
HOUSE, MEGAPHONE = "building-2", "megaphone"


@dataclass(frozen=True, slots=True)
class Avatar:
    """`kind` is the ending of the avatar's class; empty for a colleague, who is the ordinary case. `shape`: an icon in
    place of the initials, of what is no person."""

    initials: str
    kind: str
    shape: str = ""

    @property
    def css(self) -> str:
        return f"avatar avatar-{self.kind}" if self.kind else "avatar"

    @property
    def face(self) -> SafeString:
        return icon(self.shape) if self.shape else SafeString(escape(self.initials))


@dataclass(frozen=True, slots=True)
class Colleague:
    """What the head of a message says of a sender who has an account here."""

    name: str
    function: str
    place: str


type Signer = Callable[
    [Row], str
]  # what a message from one's own address is signed with: "me", or who of a box wrote it


def senders_in_order(ordered: Sequence[Row], mine: Collection[str], signer: Signer) -> list[tuple[Row, str]]:
    """Of a conversation, the first message of each who wrote, and their name: as a row names them, so that its face is
    the first's."""
    once: dict[tuple[str, str], tuple[Row, str]] = {}
    for row in ordered:
        if row.sender and (address := row.sender.address.lower()) in mine:
            once.setdefault((address, name := signer(row)), (row, name))
        elif row.sender and (name := row.sender.label.strip()):
            once.setdefault((address, ""), (row, name))
    return list(once.values())


def participants_text(known: Sequence[str]) -> str:
    """Those who wrote, in the order they came in: Sophie Marchand, me, Luc Petit."""
    if len(known) > NAMED:
        known = [known[0], "…", *known[1 - NAMED :]]
    return ", ".join(known) or _("(unknown sender)")


def avatar(person: Address | None, mine: Collection[str], *, from_list: bool = False) -> Avatar:
    """`from_list`: its message came by a mailing list; a colleague who writes there is a person all the same."""
    if person is None:
        return Avatar("?", OUTSIDE)
    return _face(person, own=person.address.lower() in mine, from_list=from_list)


@lru_cache(maxsize=4096)
def _face(person: Address, *, own: bool, from_list: bool) -> Avatar:
    """The same people write again and again."""
    kind = SELF if own else correspondent_kind(person.address, ())
    if kind == COLLEAGUE and person.name and not _is_named_by(person):
        kind = SERVICE
    listed = from_list and kind in {SERVICE, OUTSIDE}
    return Avatar(_initials(person), kind, MEGAPHONE if listed else HOUSE if kind == SERVICE else "")


def _is_named_by(person: Address) -> bool:
    """Whether an address of ours is made of the name of who writes, as those of people are: of a married or second name
    one end is enough. What stands after a comma says what somebody does."""
    name = name_rules.fold_name(re.split(r"[,(]", person.name)[0])
    parts = [part for part in re.split(r"[.\d-]+", person.address.partition("@")[0].lower()) if part]
    if not name or not parts:
        return False
    first, last = parts[0], parts[-1]
    return name.startswith(first) or name.endswith(last) or (name.startswith(last) and name.endswith(first))


def correspondent_kind(address: str, mine: Iterable[str]) -> str:
    lowered = address.lower()
    if lowered in mine:
        return SELF
    if is_outside(lowered):
        return OUTSIDE
    local, _, _ = lowered.partition("@")
    return SERVICE if "." not in local or local.startswith("ce.") else COLLEAGUE


def is_outside(address: str) -> bool:
    domain = academy().domain
    found = address.lower().rpartition("@")[2]
    return found != domain and not found.endswith(f".{domain}")


def find_colleague(address: str) -> Colleague | None:
    """Three queries; None for an outsider, a service, or somebody unknown here."""
    return find_colleagues([address]).get(address.lower())


def find_colleagues(addresses: Iterable[str]) -> dict[str, Colleague]:
    """By address in small letters. Three queries for any number; none where nobody can be one of ours."""
    wanted = {address.lower(): undotted(address) for address in addresses if not is_outside(address)}
    if not wanted:
        return {}
    parts = LocalPart.objects.filter(undotted__in=set(wanted.values()), account__kind=Account.Kind.PERSON)
    parts = parts.select_related("account__person").prefetch_related("account__person__postings__school")
    known = {part.undotted: colleague_named(part.account.person) for part in parts if part.account}
    return {address: known[form] for address, form in wanted.items() if form in known}


def undotted(address: str) -> str:
    return name_rules.undotted(address.partition("@")[0].lower())


def colleague_named(person: Person) -> Colleague:
    posting = person.main_posting
    if posting is None:
        return Colleague(person.full_name, person.function_label, "")
    return Colleague(person.full_name, posting.discipline or person.function_label, posting.school.name)


_LOCAL_PARTS = CompiledRows(lambda key: LocalPart.objects.filter(account=key).values_list("local_part", "undotted"))


def own_addresses(account: Account) -> frozenset[str]:
    """As `Account.addresses`, in small letters."""
    forms = [account.local_part, name_rules.undotted(account.local_part)]
    for part in _LOCAL_PARTS.all(account.key):
        forms += part
    return frozenset(f"{form}@{academy().domain}".lower() for form in forms)


def _initials(person: Address) -> str:
    words = re.findall(r"[^\W\d_]+", person.name or person.address.partition("@")[0])
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [words[0][:2]] if words else ["?"]
    return "".join(letters).upper()

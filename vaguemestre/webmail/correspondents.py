"""How people are shown: initials, and a colour that says colleague, service, outsider or oneself."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.mailbox.messages import Address
from vaguemestre.web.prepared import PreparedRows

COLLEAGUE, SERVICE, OUTSIDE, SELF = "", "service", "outside", "self"


@dataclass(frozen=True, slots=True)
class Face:
    """`kind` is the ending of the avatar's class; empty for a colleague, who is the ordinary case."""

    initials: str
    kind: str

    @property
    def css(self) -> str:
        return f"avatar avatar-{self.kind}" if self.kind else "avatar"


@dataclass(frozen=True, slots=True)
class Colleague:
    """What the head of a message says of a sender who has an account here."""

    function: str
    place: str


def face(person: Address | None, mine: Collection[str]) -> Face:
    if person is None:
        return Face("?", OUTSIDE)
    return _face(person, own=person.address.lower() in mine)


@lru_cache(maxsize=4096)
def _face(person: Address, *, own: bool) -> Face:
    """The same people write again and again."""
    return Face(_initials(person), SELF if own else kind(person.address, ()))


def kind(address: str, mine: Iterable[str]) -> str:
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


def colleague(address: str) -> Colleague | None:
    """Two queries; None for an outsider, a service, or somebody unknown here."""
    if is_outside(address):
        return None
    undotted = address.partition("@")[0].lower().replace(".", "")
    part = LocalPart.objects.filter(undotted=undotted).select_related("account__person").first()
    if part is None or part.account is None:
        return None
    posting = part.account.person.postings.select_related("school").order_by("rank").first()
    function = part.account.person.function_label
    if posting is None:
        return Colleague(function, "")
    return Colleague(posting.discipline or function, posting.school.name)


_LOCAL_PARTS = PreparedRows(lambda key: LocalPart.objects.filter(account=key).values_list("local_part", "undotted"))


def own_addresses(account: Account) -> frozenset[str]:
    """As `Account.addresses`, in small letters."""
    forms = [account.local_part, account.local_part.replace(".", "")]
    for part in _LOCAL_PARTS.all(account.key):
        forms += part
    return frozenset(f"{form}@{academy().domain}".lower() for form in forms)


def _initials(person: Address) -> str:
    words = re.findall(r"[^\W\d_]+", person.name or person.address.partition("@")[0])
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [words[0][:2]] if words else ["?"]
    return "".join(letters).upper()

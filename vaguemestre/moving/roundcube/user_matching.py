"""Whose rows are whose: each user of Roundcube with contacts, groups and identities, and the account of ours."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.models import Account
from vaguemestre.contacts import vcards
from vaguemestre.contacts.address_normalisation import normalise_address
from vaguemestre.contacts.cards import Card, CardLine, settle_card
from vaguemestre.contacts.import_report import FileRefusedError, Numbered, Report, ReportRemark
from vaguemestre.contacts.models import LONGEST_NAME
from vaguemestre.moving.roundcube.database_dumps import Row

_TRUE = {"1", "t", "true"}


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    text: str
    html: str


@dataclass(slots=True)
class Owner:
    """A user of Roundcube. `account`: None for whom nobody here answers to that name or address."""

    username: str
    account: Account | None
    contacts: Report = field(default_factory=Report)
    signatures: list[Signature] = field(default_factory=list)


def owners(tables: dict[str, list[Row]]) -> list[Owner]:
    """By username; two users of one account (of a former host's name) are two owners of the same account."""
    groups = {row["contactgroup_id"]: row["name"] or "" for row in _kept(tables["contactgroups"])}
    member_of: dict[str | None, list[str]] = defaultdict(list)
    for row in tables["contactgroupmembers"]:
        if name := groups.get(row["contactgroup_id"]):
            member_of[row["contact_id"]].append(name[:LONGEST_NAME])
    contacts, identities = _by_user(tables["contacts"]), _by_user(tables["identities"])
    found = []
    for user in sorted(tables["users"], key=lambda row: row["username"] or ""):
        own = identities[user["user_id"]]
        owner = Owner(user["username"] or "", _account(user, own))
        for place, row in enumerate(contacts[user["user_id"]], start=1):
            _read(row, place, member_of[row["contact_id"]], owner.contacts)
        owner.signatures = [one for one in map(_signature, own) if one is not None]
        found.append(owner)
    return found


def _kept(rows: Iterable[Row]) -> list[Row]:
    """Roundcube marks what was deleted, and deletes it later."""
    return [row for row in rows if (row.get("del") or "0").lower() not in _TRUE]


def _by_user(rows: Iterable[Row]) -> dict[str | None, list[Row]]:
    found: dict[str | None, list[Row]] = defaultdict(list)
    for row in _kept(rows):
        found[row["user_id"]].append(row)
    return found


def _account(user: Row, identities: list[Row]) -> Account | None:
    """By the name that signs in there; else by the identity that is the standard one, then by the others."""
    ordered = sorted(identities, key=lambda row: (row.get("standard") or "").lower() not in _TRUE)
    names = [user["username"] or "", *(row.get("email") or "" for row in ordered)]
    return next((account for name in names if (account := account_named(name)) is not None), None)


def _read(row: Row, place: int, groups: list[str], report: Report) -> None:
    """Its vCard, which Roundcube always writes; else the columns beside it."""
    card = _of_vcard(row.get("vcard") or "", place, report)
    plain = _of_columns(row)
    if card is None:
        card = plain
    elif not card.addresses:
        card = replace(card, addresses=plain.addresses)
    if card.empty:
        report.refused.append(ReportRemark(place, "empty", (row.get("name") or "")[:60]))
        return
    report.cards.append(Numbered(place, replace(card, groups=tuple(dict.fromkeys([*card.groups, *groups])))))


def _of_vcard(text: str, place: int, report: Report) -> Card | None:
    try:
        read = vcards.read_vcards(text.encode("utf-8", "replace"))
    except FileRefusedError:
        return None
    report.remarks += [ReportRemark(place, one.reason, one.what) for one in read.remarks]
    return read.cards[0].card if read.cards else None


def _of_columns(row: Row) -> Card:
    addresses = [normalise_address(word) for word in (row.get("email") or "").split(",") if word.strip()]
    words = {name: " ".join((row.get(name) or "").split())[:LONGEST_NAME] for name in ("name", "firstname", "surname")}
    return settle_card(
        Card(
            given=words["firstname"], family=words["surname"], display=words["name"],
            addresses=tuple(CardLine(one) for one in dict.fromkeys(addresses) if one),
        )
    )  # fmt: skip


def _signature(row: Row) -> Signature | None:
    written = (row.get("signature") or "").strip()
    if not written:
        return None
    formatted = (row.get("html_signature") or "0").lower() in _TRUE
    name = f"{row.get('name') or ''} ({row.get('email') or ''})".strip()
    return Signature(name, "" if formatted else written, written if formatted else "")

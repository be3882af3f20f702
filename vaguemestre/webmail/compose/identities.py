"""The addresses that a person may write from, and what goes with each: where answers go, and which signature."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.mailbox.messages import Address, Message
from vaguemestre.web.compiled_query import CompiledRows
from vaguemestre.webmail.models import Outgoing, Preferences
from vaguemestre.webmail.people.address_list import is_address
from vaguemestre.webmail.people.correspondents import is_outside, own_addresses

_FORMER = CompiledRows(
    lambda key: (
        LocalPart.objects.filter(account=key, kind=LocalPart.Kind.FORMER)
        .order_by("-since", "local_part")
        .values_list("local_part")
    )
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a person chose for one of their addresses. The name is not theirs to choose: it is what HR knows."""

    address: str
    reply_to: str = ""  # where answers go; empty: to the address itself
    begins_with: str = ""  # a signature's id; empty: as for every message
    answers_with: str = ""


class ReplyToError(Exception):
    """No address, or one outside the academy: whoever answers would write there without seeing it."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def writable_addresses(account: Account) -> list[Address]:
    """Every address that this person may write from, the main one first. The composer offers these, and what is sent is
    held against them. One query."""
    former = [f"{local_part}@{academy().domain}" for (local_part,) in _FORMER.all(account.key)]
    return [Address(account.display_name, one) for one in dict.fromkeys([account.address, *former])]


def may_write_from(account: Account, address: str) -> bool:
    """The main one costs no query."""
    return address.lower() == account.address.lower() or address.lower() in {
        one.address.lower() for one in writable_addresses(account)
    }


def allowed_sender(account: Account, wanted: str) -> str:
    """The address wanted, or the main one when it is none of theirs."""
    elsewhere = wanted and wanted.lower() != account.address.lower()
    mine = {one.address.lower(): one.address for one in writable_addresses(account)} if elsewhere else {}
    return mine.get(wanted.lower(), account.address)


def default_sender(account: Account, chosen: Preferences) -> str:
    return allowed_sender(account, chosen.writes_from)


def reply_sender(account: Account, chosen: Preferences, message: Message) -> str:
    """The address that was written to, or that wrote it; the usual one when it says nothing of it."""
    sender = [message.row.sender] if message.row.sender else []
    return _of_theirs(account, (*sender, *message.to, *message.cc)) or default_sender(account, chosen)


def identity_of(chosen: Preferences, address: str) -> Identity:
    return Identity(**{"address": address, **chosen.identities.get(address, {})})


def reply_to(outgoing: Outgoing) -> Address | None:
    """Where answers to this message go, when it is elsewhere than to who writes it."""
    chosen = Preferences.objects.filter(account=outgoing.account_id).only("identities").first()
    wanted = identity_of(chosen, outgoing.sender).reply_to if chosen else ""
    return Address(outgoing.account.display_name, wanted) if wanted else None


def parse_reply_to(typed: str) -> str:
    """Raises `ReplyToError`."""
    address = typed.strip()
    if address and (not is_address(address) or is_outside(address)):
        raise ReplyToError(address)
    return address


def save_identities(account: Account, usual: str, kept: Sequence[Identity], now: datetime) -> None:
    """`usual`: the address that new messages begin with. What is said of an address that is not theirs is not kept."""
    mine = [one.address for one in writable_addresses(account)]
    said = {one.address: {k: v for k, v in asdict(one).items() if k != "address" and v} for one in kept}
    with transaction.atomic():
        Preferences.objects.get_or_create(account=account, defaults={"changed_at": now})
        chosen = Preferences.objects.select_for_update().get(account=account)
        chosen.identities = {address: said[address] for address in mine if said.get(address)}
        chosen.writes_from = usual if usual in mine[1:] else ""
        chosen.changed_at = now
        chosen.save(update_fields=["identities", "writes_from", "changed_at"])


def _of_theirs(account: Account, people: Iterable[Address]) -> str:
    """The first of them that is theirs, in the form that they write from: with or without its dots, any case. An
    identifier is delivered too, but nobody signs with it."""
    named = [one.address.lower() for one in people]
    if not own_addresses(account).intersection(map(_untagged, named)):
        return ""
    forms = {_undotted(one.address): one.address for one in reversed(writable_addresses(account))}
    return next((forms[form] for form in map(_undotted, named) if form in forms), "")


def _untagged(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _undotted(address: str) -> str:
    local, at, domain = _untagged(address.lower()).rpartition("@")
    return f"{local.replace('.', '')}{at}{domain}"

"""Cards into vCards, one after the other: an address book of ten thousand costs the memory of a few hundred."""

import re
from collections.abc import Iterator

from vaguemestre.accounts.models import Account
from vaguemestre.contacts.cards import Card, CardLine, card_of
from vaguemestre.contacts.models import Contact, Group
from vaguemestre.contacts.vcards.lines import escape_text, fold_line

V3, V4 = "3.0", "4.0"
BATCH = 500
_INLINE = re.compile(r"(?P<name>(?:[\w-]+\.)?(?:PHOTO|LOGO|SOUND|KEY))(?P<params>;[^:]*)?:(?P<value>.*)", re.DOTALL)
_DATA = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?;base64,(?P<value>.*)", re.DOTALL)
_MEDIA = {"PHOTO": "image", "LOGO": "image", "SOUND": "audio", "KEY": "application"}


def vcard_chunks(account: Account, version: str = V3, *, group: Group | None = None) -> Iterator[bytes]:
    """Every card of the account, or of one group. Empty for an empty address book."""
    contacts = Contact.objects.filter(account=account).prefetch_related("addresses", "numbers", "groups")
    if group is not None:
        contacts = contacts.filter(groups=group)
    for contact in contacts.order_by("sort", "pk").iterator(chunk_size=BATCH):
        yield vcard(card_of(contact), version)


def vcard(card: Card, version: str = V3) -> bytes:
    rest = [*card.name_rest, "", "", ""][: max(3, len(card.name_rest))]
    lines = [
        "BEGIN:VCARD", f"VERSION:{version}", *_uid(card, version), f"FN:{escape_text(card.name)}",
        f"N:{';'.join(escape_text(part) for part in (card.family, card.given, *rest))}",
    ]  # fmt: skip
    if card.organisation or card.units:
        lines.append(f"ORG:{';'.join(escape_text(part) for part in (card.organisation, *card.units))}")
    lines += [
        f"{name}:{escape_text(value)}" for name, value in (("TITLE", card.function), ("NOTE", card.note)) if value
    ]
    lines += _addressed("EMAIL", card.addresses, version)
    lines += _addressed("TEL", card.numbers, version)
    if card.groups:
        lines.append(f"CATEGORIES:{','.join(escape_text(name) for name in card.groups)}")
    lines += [_inline(line, version) for line in card.extra]
    return b"".join(fold_line(line) for line in [*lines, "END:VCARD"])


def _uid(card: Card, version: str) -> list[str]:
    if not card.uid:
        return []
    is_uri = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", card.uid)
    return [f"UID{';VALUE=text' if version == V4 and not is_uri else ''}:{escape_text(card.uid)}"]


def _addressed(name: str, lines: tuple[CardLine, ...], version: str) -> list[str]:
    """The first one is the preferred one, where there are several."""
    found = []
    for place, line in enumerate(lines):
        group, _, params = line.rest.partition(";") if line.rest else ("", "", "")
        head = f"{group}{name}" + (f";TYPE={line.kind}" if line.kind else "") + (f";{params}" if params else "")
        if place == 0 and len(lines) > 1:
            head += ";PREF=1" if version == V4 else ";TYPE=pref"
        found.append(f"{head}:{escape_text(line.value)}")
    return found


def _inline(line: str, version: str) -> str:
    """Pictures stand in the line as 3.0 has it (RFC 2426, 2.4.1) or as an address of 4.0 (RFC 6350, 6.2.4)."""
    match = _INLINE.fullmatch(line)
    if match is None:
        return line
    name, params, value = match["name"], match["params"] or "", match["value"]
    if version == V3 and (data := _DATA.fullmatch(value)):
        kind = (data["type"] or "").rpartition("/")[2].upper()
        return f"{name};ENCODING=b{f';TYPE={kind}' if kind else ''}:{data['value']}"
    if version == V4 and re.search(r"(?i);ENCODING=b(?:ase64)?(?=;|$)", params):
        kind = re.search(r"(?i);TYPE=([\w.+-]+)", params)
        media = f"{_MEDIA[name.rpartition('.')[2]]}/{kind[1].lower()}" if kind else ""
        return f"{name}:data:{media};base64,{value}"
    return line

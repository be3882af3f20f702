"""vCards into cards. What is not understood is kept as it is written; what is wrong is said, with its line, and the
rest of the file is read on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from vaguemestre.contacts import address_normalisation, groups
from vaguemestre.contacts.cards import MOST, MOST_LINES, Card, CardLine, settle_card
from vaguemestre.contacts.import_report import FileRefusedError, Numbered, Report, ReportRemark, excerpt
from vaguemestre.contacts.models import LONGEST_EXTRA, LONGEST_NAME, LONGEST_NOTE
from vaguemestre.contacts.vcards import lines
from vaguemestre.contacts.vcards.lines import Property

SKIPPED = {"VERSION", "PRODID", "REV", "BEGIN", "END"}  # said again by whoever writes the card
LISTS = {"group"}
LONGEST_LINE = 2 * LONGEST_EXTRA
MOST_PROPERTIES = 1000
MOST_REMARKS = 200
_REST = 500


@dataclass(slots=True)
class ParsedCard:
    """The content lines of one card. `complete`: its end was found."""

    line: int
    complete: bool = False
    old: bool = False
    depth: int = 0  # of components inside it, which are passed over
    broken: bool = False
    properties: list[Property] = field(default_factory=list)


def read_vcards(data: bytes) -> Report:
    """Raises FileRefusedError for what is no vCard at all, and for too many."""
    report = Report()
    data = _as_utf8(data)
    count = len(re.findall(rb"(?i)[\r\n][ \t]*BEGIN[ \t]*:[ \t]*VCARD", b"\n" + data))
    if not count:
        raise FileRefusedError(_("This file holds no vCard. Export the contacts again, as vCard (.vcf) or CSV."))
    if count > MOST:
        raise FileRefusedError(_("This file holds more than 10,000 cards. Divide it, or export fewer contacts."))
    for found in parse_cards(data, report):
        if found.complete:
            _take(found, report)
        else:
            _refuse(report, found.line, _("The card has no end (END:VCARD)."), _name(found))
    return report


def parse_cards(data: bytes, report: Report) -> Iterator[ParsedCard]:
    """Never fails; what is wrong is in the report."""
    found: ParsedCard | None = None
    told = False  # once for all the lines between two cards
    for number, line in lines.logical_lines(_as_utf8(data)):
        words = line[:80].strip().upper().replace(b" ", b"")
        if words == b"BEGIN:VCARD":
            if found and not found.depth and not _is_agent(found):
                yield found
                found = None
            if found is None:
                found, told = ParsedCard(number), False
            else:
                found.depth += 1
        elif found is None:
            if line.strip() and not told:
                _refuse(report, number, _("This line is outside of any card."), line[:200].decode("utf-8", "replace"))
                told = True
        elif words.startswith(b"BEGIN:"):
            found.depth += 1
        elif words.startswith(b"END:"):
            if found.depth:
                found.depth -= 1
            else:
                found.complete = True
                yield found
                found = None
        elif not found.depth:
            _add(found, number, line, report)
    if found is not None:
        yield found


def _as_utf8(data: bytes) -> bytes:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").encode("utf-8")
    return data.removeprefix(b"\xef\xbb\xbf")


def _is_agent(found: ParsedCard) -> bool:
    """vCard 2.1: somebody's secretary, as a card inside the card."""
    return bool(found.properties) and found.properties[-1].name == "AGENT" and not found.properties[-1].value.strip()


def _add(found: ParsedCard, number: int, line: bytes, report: Report) -> None:
    if not line.strip():
        return
    if len(line) > LONGEST_LINE or len(found.properties) >= MOST_PROPERTIES:
        _remark(
            report, number, _("Too large to be kept (32 KB a card): left out."), line[:20].decode("ascii", "replace")
        )
        return
    prop = lines.parse_line(number, line, old=found.old)
    if prop is None:
        _remark(report, number, _("This line is not understood, and left out."), line[:200].decode("utf-8", "replace"))
    elif prop.name == "VERSION":
        found.old = prop.value.strip() == "2.1"
    else:
        found.properties.append(prop)


def _take(found: ParsedCard, report: Report) -> None:
    if any(prop.name.endswith("KIND") and prop.value.strip().lower() in LISTS for prop in found.properties):
        _refuse(report, found.line, _("This is a list of people, not a person: make a group of it here."), _name(found))
        return
    card = _Reading(found, report).card()
    if card.empty:
        _refuse(report, found.line, _("The card has neither a name, nor an address, nor a number."), "")
    else:
        report.cards.append(Numbered(found.line, card))


class _Reading:
    """One card's properties, each taken once; what is left over is kept as it is."""

    def __init__(self, found: ParsedCard, report: Report) -> None:
        self.found, self.report = found, report
        self.taken: set[int] = set()

    def card(self) -> Card:
        names = [part.strip() for part in self._parts("N", 5)]
        family, given, *rest = [self._short(part) for part in names]
        organisation, *units = self._parts("ORG", 1)
        display = self._short(self._text("FN"))
        mails, numbers = self._addresses(), self._numbers()
        groups = self._groups()
        card = Card(
            given=given, family=family, display=display,
            name_rest=tuple(rest) if any(rest) else (), organisation=self._short(organisation),
            units=tuple(self._short(unit) for unit in units[:10]), function=self._short(self._text("TITLE")),
            note=self._note(), addresses=mails, numbers=numbers, groups=groups,
            uid=self._text("UID").strip()[:255], extra=self._extra(),
        )  # fmt: skip
        return settle_card(card)

    def _one(self, name: str) -> Property | None:
        """The first of a name; the others, in other languages as a rule, are kept as they are."""
        for place, prop in enumerate(self.found.properties):
            if prop.name == name and place not in self.taken:
                self.taken.add(place)
                return prop
        return None

    def _all(self, name: str) -> list[tuple[int, Property]]:
        found = [(place, prop) for place, prop in enumerate(self.found.properties) if prop.name == name]
        return sorted(found, key=lambda one: _preference(one[1]))

    def _text(self, name: str) -> str:
        prop = self._one(name)
        return lines.text_value(prop.value) if prop else ""

    def _parts(self, name: str, at_least: int) -> list[str]:
        prop = self._one(name)
        found = lines.components(prop.value) if prop else []
        return found + [""] * (at_least - len(found))

    def _short(self, text: str) -> str:
        tidy = " ".join(text.split())
        if len(tidy) > LONGEST_NAME:
            self._say(self.found.line, _("A name longer than 200 letters was cut."), tidy)
        return tidy[:LONGEST_NAME].strip()

    def _note(self) -> str:
        note = self._text("NOTE").strip()
        if len(note) > LONGEST_NOTE:
            self._say(self.found.line, _("A note longer than 10,000 letters was cut."), note)
        return note[:LONGEST_NOTE]

    def _addresses(self) -> tuple[CardLine, ...]:
        taken: dict[str, CardLine] = {}
        for place, prop in self._all("EMAIL"):
            typed = lines.text_value(prop.value)
            address = address_normalisation.normalise_address(typed)
            if address is None:
                if typed.strip():
                    self._say(
                        prop.number, _("This is not an e-mail address: it is kept, but cannot be written to."), typed
                    )
            elif address in taken or len(taken) < MOST_LINES:
                self.taken.add(place)
                taken.setdefault(address, CardLine(address, _kind(prop, ("home", "work")), _rest(prop, _MAIL_TYPES)))
        return tuple(taken.values())

    def _numbers(self) -> tuple[CardLine, ...]:
        taken: list[CardLine] = []
        for place, prop in self._all("TEL"):
            number = " ".join(re.sub(r"(?i)^tel:", "", lines.text_value(prop.value).strip()).split())
            if number and len(number) <= 60 and len(taken) < MOST_LINES:
                self.taken.add(place)
                taken.append(CardLine(number, _kind(prop, ("fax", "cell", "home", "work")), _rest(prop, _PHONE_TYPES)))
        return tuple(dict.fromkeys(taken))

    def _groups(self) -> tuple[str, ...]:
        names = []
        for place, prop in self._all("CATEGORIES"):
            self.taken.add(place)
            names += [groups.tidy_name(name) for name in lines.list_value(prop.value)]
        kept = [
            name for name in dict.fromkeys(names) if groups.fold_name(name) and name.lower() not in groups.EVERYBODY
        ]
        return tuple(kept[:50])

    def _extra(self) -> tuple[str, ...]:
        kept, size = [], 0
        for place, prop in enumerate(self.found.properties):
            if place in self.taken or prop.name in SKIPPED or not prop.value.strip():
                continue
            line = _written(prop)
            if size + len(line.encode()) > LONGEST_EXTRA:
                self._say(prop.number, _("Too large to be kept (32 KB a card): left out."), prop.name)
                continue
            size += len(line.encode()) + 1
            kept.append(line)
        return tuple(kept)

    def _say(self, line: int, reason: str, what: str) -> None:
        _remark(self.report, line, reason, what)


_MAIL_TYPES = {"home", "work", "internet", "pref"}
_PHONE_TYPES = {"home", "work", "cell", "fax", "voice", "pref"}


def _preference(prop: Property) -> int:
    """4.0 says a number from 1 to 100, 3.0 says that one is preferred."""
    said = prop.param("PREF")
    if said.isdecimal() and len(said) < 4:
        return int(said)
    return 1 if "pref" in prop.types else 101


def _kind(prop: Property, kinds: Sequence[str]) -> str:
    return next((kind for kind in kinds if kind in prop.types), "")


def _rest(prop: Property, known: set[str]) -> str:
    """Group and parameters that a form does not show, as `item1.;X-LABEL=…`. A type among several that has no place
    in a form, as `work` of a fax, is kept too."""
    params = []
    shown = _kind(prop, ("fax", "cell", "home", "work") if prop.name == "TEL" else ("home", "work"))
    for name, value in prop.params:
        if name in {"PREF", "ENCODING", "CHARSET"} or (name == "VALUE" and value.lower() in {"uri", "text"}):
            continue
        if name == "TYPE":
            types = [one.strip() for one in value.replace('"', "").split(",")]
            kept = [one for one in types if one and _is_further(one.lower(), shown, known)]
            params += [f"TYPE={one}" for one in kept]
        else:
            params.append(f"{name}={value}")
    rest = (f"{prop.group}." if prop.group else "") + "".join(f";{param}" for param in params)
    return rest if len(rest) <= _REST else ""


def _is_further(one: str, shown: str, known: set[str]) -> bool:
    return one not in known or (one in {"home", "work"} and one != shown)


def _written(prop: Property) -> str:
    head = (f"{prop.group}." if prop.group else "") + prop.spelled
    params = "".join(f";{name}={value}" for name, value in prop.params)
    value = "".join(prop.value.split()) if prop.is_binary else prop.value
    return f"{head}{params}:{value}"


def _name(found: ParsedCard) -> str:
    return next((lines.text_value(prop.value) for prop in found.properties if prop.name in {"FN", "N"}), "")


def _refuse(report: Report, line: int, reason: str, what: str) -> None:
    report.refused.append(ReportRemark(line, reason, excerpt(what)))


def _remark(report: Report, line: int, reason: str, what: str) -> None:
    if len(report.remarks) < MOST_REMARKS:
        report.remarks.append(ReportRemark(line, reason, excerpt(what)))

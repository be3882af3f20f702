"""What other programs wrote on a card, as far as it says something to a person."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from vaguemestre.contacts.vcards import lines

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


def property_facts(extra: str) -> tuple[list[Fact], int]:
    """Also how many kept lines say nothing here."""
    labels = {
        "ADR": _("Postal address"), "BDAY": _("Birthday"), "NICKNAME": _("Nickname"), "URL": _("Web page"),
        "ROLE": _("Role"),
    }  # fmt: skip
    found, silent = [], 0
    for line in extra.split("\n") if extra else []:
        prop = lines.parse_line(0, line.encode(), old=False)
        label = labels.get(prop.name) if prop else None
        if prop is None or label is None:
            silent += 1
            continue
        parts = lines.components(prop.value) if prop.name == "ADR" else [lines.text_value(prop.value)]
        value = ", ".join(part.strip() for part in parts if part.strip())
        if value:
            found.append(Fact(label, value[:LONGEST]))
    return found, silent

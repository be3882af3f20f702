"""Words in double braces: `{{prénom}}`. Filled in from the person written to, from whoever writes, or from a line of a
table; what cannot be filled in stays as it is, in sight.

What fills them in is somebody's data: in HTML it is escaped, and nothing inside a tag is ever filled in.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape, unescape

from django.utils.formats import date_format
from django.utils.text import capfirst

from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.people.models import Person
from vaguemestre.webmail.compose import signatures
from vaguemestre.webmail.people.address_list import Recipient
from vaguemestre.webmail.people.correspondents import is_outside, undotted

VARIABLE = re.compile(r"\{\{([^{}\n]{1,80})\}\}")
_TAG = re.compile(r'(</?[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")*>)')  # what the cleaner writes
_CIVILITIES = {"m": "M.", "m.": "M.", "mr": "M.", "monsieur": "M.", "mme": "Mme", "mme.": "Mme", "madame": "Mme"}
SCHOOL_YEAR_BEGINS = 8  # the month: letters for September are written in August
OF_RECIPIENT = ("civilité", "prénom", "nom", "fonction", "établissement", "adresse")
OF_SENDER = ("mon prénom", "mon nom", "ma fonction", "mon établissement", "ma ville", "mon téléphone")
OF_THE_DAY = ("date", "année scolaire")

type Words = Mapping[str, str]


def field_key(name: str) -> str:
    """However it is written: `{{Prenom}}` is `{{prénom}}`."""
    bare = unicodedata.normalize("NFKD", name.replace("’", "'").replace("_", " ").replace("\xa0", " ").casefold())
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).split())


def fill_text(text: str, words: Words) -> str:
    return VARIABLE.sub(lambda found: words.get(field_key(found[1])) or found[0], text)


def fill_html(html: str, words: Words) -> str:
    """Of HTML that the cleaner made. A line end in a value becomes one in the letter."""

    def one(found: re.Match[str]) -> str:
        value = words.get(field_key(unescape(found[1])))
        return "<br>".join(escape(line) for line in value.splitlines()) if value else found[0]

    pieces = _TAG.split(html)  # text and tags in turn
    return "".join(piece if place % 2 else VARIABLE.sub(one, piece) for place, piece in enumerate(pieces))


def fill_subject(subject: str, words: Words) -> str:
    """One line, whatever the values are."""
    return " ".join(fill_text(subject, words).split())


def field_names(*texts: str) -> list[str]:
    """The variables of a letter, each once, as their author wrote them."""
    found: dict[str, str] = {}
    for text in texts:
        for match in VARIABLE.finditer(text):
            found.setdefault(field_key(match[1]), " ".join(match[1].split()))
    return list(found.values())


def draft_values(account: Account, people: list[Recipient], today: date) -> dict[str, str]:
    """What can be filled in while one writes: with several people written to, nothing of any of them."""
    recipient = recipient_values(people[0]) if len(people) == 1 else {}
    return {**sender_values(account), **date_values(today), **recipient}


def sender_values(account: Account) -> dict[str, str]:
    known = signatures.writer_values(account)
    names = ("", "") if account.is_shared else (account.person.first_name, account.person.family_name)
    values = (*names, known["function"], known["establishment"], known["city"])
    return _keyed(OF_SENDER, (*values, known["phone"]))


def date_values(today: date) -> dict[str, str]:
    first = today.year if today.month >= SCHOOL_YEAR_BEGINS else today.year - 1
    return _keyed(OF_THE_DAY, (date_format(today, "j F Y"), f"{first}-{first + 1}"))


def recipient_values(recipient: Recipient) -> dict[str, str]:
    """A colleague as HR knows them; anybody else by the name that stands before the address."""
    return values_by_recipient([recipient]).get(recipient.address.lower(), {})


def values_by_recipient(recipients: Iterable[Recipient]) -> dict[str, dict[str, str]]:
    """By address in small letters. Three queries for any number, none where nobody can be one of ours."""
    valid = [recipient for recipient in recipients if recipient.valid]
    known = _colleagues(recipient.address for recipient in valid)
    return {one.address.lower(): _of_one(one, known.get(one.address.lower())) for one in valid}


def _of_one(recipient: Recipient, person: Person | None) -> dict[str, str]:
    if person is None:
        return _keyed(OF_RECIPIENT, (*_parted(recipient.name), "", "", recipient.address))
    posting = person.main_posting
    function, place = capfirst(person.function_label), posting.school.name if posting else ""
    names = (person.civility, person.first_name, person.family_name)
    return _keyed(OF_RECIPIENT, (*names, function, place, recipient.address))


def _keyed(names: tuple[str, ...], values: tuple[str, ...]) -> dict[str, str]:
    return {field_key(name): value for name, value in zip(names, values, strict=True) if value}


def _colleagues(addresses: Iterable[str]) -> dict[str, Person]:
    wanted = {address.lower(): undotted(address) for address in addresses if not is_outside(address)}
    if not wanted:
        return {}
    parts = LocalPart.objects.filter(undotted__in=set(wanted.values()), account__kind=Account.Kind.PERSON)
    parts = parts.select_related("account__person").prefetch_related("account__person__postings__school")
    known = {part.undotted: part.account.person for part in parts if part.account}
    return {address: known[form] for address, form in wanted.items() if form in known}


def _parted(name: str) -> tuple[str, str, str]:
    """Civility, first name and family name out of "Mme Léa Martin", "MARTIN Léa" or "Martin, Léa"."""
    before, comma, after = name.partition(",")
    words = f"{after} {before}".split() if comma and after.strip() else name.split()
    civility = _CIVILITIES.get(words[0].lower(), "") if words else ""
    words = words[1:] if civility else words
    if len(words) < 2:
        return civility, "", words[0] if civility and words else ""
    shouted = [word for word in words if word.isupper() and len(word) > 1]
    if shouted and len(shouted) < len(words):
        return civility, " ".join(word for word in words if word not in shouted), " ".join(shouted)
    return civility, words[0], " ".join(words[1:])

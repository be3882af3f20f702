"""What the screens show of an address book: the column, one page of the list. The number of queries is fixed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import avatars
from vaguemestre.contacts.lookup import prefix_query
from vaguemestre.contacts.models import Contact, Group
from vaguemestre.contacts.search_words import search_words
from vaguemestre.web.number_text import number_text

PAGE = 100
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ#"


@dataclass(frozen=True, slots=True)
class ListPosition:
    """Which part of the book is in view. It stays in the address while cards are opened."""

    typed: str = ""
    letter: str = ""
    group: int | None = None
    page: int = 1

    @property
    def query(self) -> str:
        parts = {
            "q": self.typed,
            "lettre": self.letter,
            "groupe": self.group,
            "page": self.page if self.page > 1 else "",
        }
        said = urlencode({name: value for name, value in parts.items() if value})
        return f"?{said}" if said else ""

    @property
    def url(self) -> str:
        return f"{reverse('contacts:book')}{self.query}"

    def card_url(self, number: int) -> str:
        return f"{reverse('contacts:card', args=[number])}{self.query}"


@dataclass(frozen=True, slots=True)
class BookRow:
    number: int
    name: str
    initials: str
    css: str
    second: str
    third: str
    url: str


@dataclass(frozen=True, slots=True)
class LetterLink:
    """`url` empty: nobody begins so."""

    sign: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class GroupLine:
    number: int
    name: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class GroupPane:
    groups: list[GroupLine]
    total: int


@dataclass(frozen=True, slots=True)
class CardList:
    """One page. `whole`: no search, no letter, no group."""

    title: str
    words: str
    rows: list[BookRow]
    letters: list[LetterLink]
    place: ListPosition
    before: str
    after: str
    group: Group | None
    whole: bool


def parse_position(sent: QueryDict) -> ListPosition:
    letter, page, group = sent.get("lettre", "").upper(), sent.get("page", ""), sent.get("groupe", "")
    return ListPosition(
        typed=sent.get("q", "").strip()[:200],
        letter=letter if len(letter) == 1 and letter in ALPHABET else "",
        group=int(group) if group.isascii() and group.isdecimal() and len(group) < 19 else None,
        page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 6 else 1,
    )


def count_contacts(account: Account) -> int:
    return Contact.objects.filter(account=account).count()


def group_pane(account: Account, place: ListPosition | None) -> GroupPane:
    """Two queries. `place`: None on a page that is none of the lists."""
    groups = Group.objects.filter(account=account).annotate(people=Count("contacts"))
    lines = [
        GroupLine(
            group.pk,
            group.name,
            group.people,
            ListPosition(group=group.pk).url,
            place is not None and place.group == group.pk,
        )
        for group in groups
    ]
    return GroupPane(lines, count_contacts(account))


def card_list(account: Account, place: ListPosition, group: Group | None) -> CardList:
    """Four queries: letters, how many, the page and its addresses. `group`: that of the place, already found."""
    found = Contact.objects.filter(account=account)
    if group is not None:
        found = found.filter(groups=group)
    if place.typed:
        wanted = search_words(place.typed)
        found = found.filter(prefix_query("search", wanted)) if wanted else found.none()
    letters = _letters(found, place)
    if place.letter:
        found = found.filter(letter=place.letter)
    total = found.count()
    place = replace(place, page=min(place.page, max(1, -(-total // PAGE))))
    start = (place.page - 1) * PAGE
    page = found.order_by("sort", "pk").prefetch_related("addresses")[start : start + PAGE]
    return CardList(
        title=group.name if group else _("All contacts"),
        words=ngettext("%s contact", "%s contacts", total) % number_text(total),
        rows=[_row(contact, place) for contact in page],
        letters=letters,
        place=place,
        before=replace(place, page=place.page - 1).url if place.page > 1 else "",
        after=replace(place, page=place.page + 1).url if start + PAGE < total else "",
        group=group,
        whole=not (place.typed or place.letter or group),
    )


def adjacent_cards(listed: CardList, number: int | None) -> tuple[str, str]:
    """The cards before and after the open one, on this page of the list; empty where there is none."""
    numbers = [row.number for row in listed.rows]
    if number not in numbers:
        return "", ""
    place = numbers.index(number)
    rows = listed.rows
    return rows[place - 1].url if place else "", rows[place + 1].url if place + 1 < len(rows) else ""


def _letters(found: QuerySet[Contact], place: ListPosition) -> list[LetterLink]:
    """Those that somebody begins with; the present one leads back to all."""
    there = set(found.order_by().values_list("letter", flat=True).distinct())
    return [
        LetterLink(
            sign,
            replace(place, letter="" if sign == place.letter else sign, page=1).url if sign in there else "",
            sign == place.letter,
        )
        for sign in ALPHABET
        if sign != "#" or "#" in there
    ]


def _row(contact: Contact, place: ListPosition) -> BookRow:
    addresses: Sequence[str] = [one.address for one in contact.addresses.all()]
    name = shown_name(contact, addresses)
    about = ", ".join(part for part in (contact.function, contact.organisation) if part and part != name)
    first = addresses[0] if addresses else ""
    reach = first if first != name else ""
    return BookRow(
        contact.pk, name, avatars.initials(name), avatars.avatar_class(first), about or reach, reach if about else "",
        place.card_url(contact.pk),
    )  # fmt: skip


def shown_name(contact: Contact, addresses: Sequence[str]) -> str:
    return str(contact) or (addresses[0] if addresses else _("Without a name"))

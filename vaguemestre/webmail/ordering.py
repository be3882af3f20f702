"""Another order of the list than that of arrival: its words in an address, and the menu that offers it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from django.template import loader
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vaguemestre.mailbox.matching import By, Order

if TYPE_CHECKING:
    from vaguemestre.webmail.list_query import ListQuery, SearchQuery


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    url: str
    current: bool


# Word of the address → what the server sorts by; whether the greatest first is what one expects of it.
SORTS: Final[dict[str, tuple[By, bool]]] = {
    "date": ("arrival", True),
    "expediteur": ("from", False),
    "destinataire": ("to", False),
    "objet": ("subject", False),
    "taille": ("size", True),
}
LABELS = {
    "date": gettext_lazy("Date"),
    "expediteur": gettext_lazy("Sender"),
    "destinataire": gettext_lazy("Recipient"),
    "objet": gettext_lazy("Subject"),
    "taille": gettext_lazy("Size"),
}
REVERSED = "inverse"


def read(word: str, direction: str) -> Order | None:
    """None for the order of arrival, which costs no sort, and for any word that means nothing."""
    if word not in SORTS:
        return None
    by, natural = SORTS[word]
    order = Order(by, natural != (direction == REVERSED))
    return None if order == Order("arrival", True) else order


def words(order: Order | None) -> dict[str, str]:
    """As `read` takes them."""
    if order is None:
        return {}
    word = next(word for word, (by, _natural) in SORTS.items() if by == order.by)
    return {"tri": word} | ({"sens": REVERSED} if order.descending != SORTS[word][1] else {})


@lru_cache(maxsize=1024)
def menu(place: "ListQuery | SearchQuery", to_recipients: bool, _language: str | None) -> SafeString:
    """Each order; the one in force leads to its reverse. The same however often the list is shown."""
    offered = [word for word in SORTS if word != ("expediteur" if to_recipients else "destinataire")]
    sorts = [_choice(place, word) for word in offered]
    return SafeString(loader.get_template("webmail/sort_menu.html").render({"sorts": sorts}))


def heading(order: Order) -> str:
    """What stands over the rows in the place of their days."""
    word = words(order)["tri"]
    sentences = {
        "date": _("Oldest first"),
        "expediteur": _("By sender, from Z to A") if order.descending else _("By sender, from A to Z"),
        "destinataire": _("By recipient, from Z to A") if order.descending else _("By recipient, from A to Z"),
        "objet": _("By subject, from Z to A") if order.descending else _("By subject, from A to Z"),
        "taille": _("Largest first") if order.descending else _("Smallest first"),
    }
    return sentences[word]


def _choice(place: "ListQuery | SearchQuery", word: str) -> Choice:
    by, natural = SORTS[word]
    current = (place.order or Order("arrival", True)).by == by
    descending = not place.order.descending if current and place.order else natural != current
    order: Order | None = Order(by, descending)
    if order == Order("arrival", True):
        order = None
    return Choice(str(LABELS[word]), place.ordered(order).url, current)

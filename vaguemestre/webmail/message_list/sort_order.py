"""Another order of the list than that of arrival: its words in an address, and what stands over the rows."""

from typing import Final

from django.utils.translation import gettext as _

from vaguemestre.mailbox.imap.list_filters import By, SortOrder

# Word of the address → what the server sorts by; whether the greatest first is what one expects of it.
SORTS: Final[dict[str, tuple[By, bool]]] = {
    "date": ("arrival", True),
    "expediteur": ("from", False),
    "destinataire": ("to", False),
    "objet": ("subject", False),
    "taille": ("size", True),
}
REVERSED = "inverse"


def parse_sort_order(word: str, direction: str) -> SortOrder | None:
    """None for the order of arrival, which costs no sort, and for any word that means nothing."""
    if word not in SORTS:
        return None
    by, natural = SORTS[word]
    order = SortOrder(by, natural != (direction == REVERSED))
    return None if order == SortOrder("arrival", True) else order


def sort_parameters(order: SortOrder | None) -> dict[str, str]:
    """As `parse_sort_order` takes them."""
    if order is None:
        return {}
    word = next(word for word, (by, _natural) in SORTS.items() if by == order.by)
    return {"tri": word} | ({"sens": REVERSED} if order.descending != SORTS[word][1] else {})


def heading_text(order: SortOrder) -> str:
    word = sort_parameters(order)["tri"]
    sentences = {
        "date": _("Oldest first"),
        "expediteur": _("By sender, from Z to A") if order.descending else _("By sender, from A to Z"),
        "destinataire": _("By recipient, from Z to A") if order.descending else _("By recipient, from A to Z"),
        "objet": _("By subject, from Z to A") if order.descending else _("By subject, from A to Z"),
        "taille": _("Largest first") if order.descending else _("Smallest first"),
    }
    return sentences[word]

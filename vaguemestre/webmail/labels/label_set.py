"""How a person changes their set of labels. The first change writes the ordinary five down, to be changed as well."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.imap.messages import label_keywords
from vaguemestre.webmail.labels.labels import DEFAULTS
from vaguemestre.webmail.models import Label

MOST = 60  # more than a menu can show; far below what a folder's index bears
LONGEST_NAME = 40
KEPT = timedelta(days=1)  # how long it is remembered where a removed label was


class LabelRefusedError(Exception):
    """The message is for the person."""


def create_label(account: Account, name: str, colour: str, *, keyword: str = "") -> Label:
    """`keyword`: one that another program has put on messages already. Raises LabelRefusedError."""
    with transaction.atomic():
        rows = _rows(account)
        name = _checked(name, rows.values())
        shown = [row for row in rows.values() if row.removed_at is None]
        if len(shown) >= MOST:
            raise LabelRefusedError(_("There are %d labels already: delete one first.") % MOST)
        taken = frozenset(row.keyword for row in shown)
        word = keyword.lower() or label_keywords.label_keyword(name, taken)
        if not label_keywords.is_label(word) or len(word) > label_keywords.LONGEST or word in taken:
            raise LabelRefusedError(_("This label cannot be taken over."))
        made = rows.get(word) or Label(account=account, keyword=word)
        made.name, made.colour, made.removed_at, made.removed_from = name, _colour(colour), None, {}
        made.position = max((row.position for row in shown), default=0) + 1
        made.save()
        return made


def change_label(account: Account, keyword: str, name: str, colour: str) -> Label:
    """Its name and its colour; the keyword stays, or the messages would lose it. Raises LabelRefusedError."""
    with transaction.atomic():
        rows = _rows(account)
        label = _one(rows, keyword)
        label.name = _checked(name, (row for row in rows.values() if row != label))
        label.colour = _colour(colour)
        label.save(update_fields=["name", "colour"])
        return label


def move_label(account: Account, keyword: str, *, up: bool) -> None:
    """One place up or down; at the end nothing moves."""
    with transaction.atomic():
        rows = _rows(account)
        label = _one(rows, keyword)
        order = [row for row in rows.values() if row.removed_at is None]
        place = order.index(label)
        order.insert(max(0, place - 1) if up else place + 1, order.pop(place))
        for position, row in enumerate(order, start=1):
            row.position = position
        Label.objects.bulk_update(order, ["position"])


def remove_label(account: Account, keyword: str, where: Mapping[str, str], now: datetime) -> Label:
    """`where`: the messages that bore it, for `restore_label`."""
    with transaction.atomic():
        label = _one(_rows(account), keyword)
        Label.objects.filter(account=account, removed_at__lt=now - KEPT).update(removed_from={})
        label.removed_at, label.removed_from = now, dict(where)
        label.save(update_fields=["removed_at", "removed_from"])
        return label


def restore_label(account: Account, keyword: str) -> tuple[Label, Mapping[str, str]] | None:
    """The label again, and the messages that bore it. None when there is nothing to bring back."""
    with transaction.atomic():
        label = _rows(account).get(keyword)
        if label is None or label.removed_at is None:
            return None
        where: Mapping[str, str] = label.removed_from
        label.removed_at, label.removed_from = None, {}
        label.save(update_fields=["removed_at", "removed_from"])
        return label, where


def _rows(account: Account) -> dict[str, Label]:
    """By keyword, in order, locked until the end of the change; written down first when there are none."""
    Account.every.select_for_update().get(pk=account.pk)
    rows = list(Label.objects.filter(account=account))
    if not rows:
        rows = [
            Label(account=account, keyword=keyword, name=str(name), colour=colour, position=place)
            for place, (keyword, name, colour) in enumerate(DEFAULTS, start=1)
        ]
        rows = Label.objects.bulk_create(rows)
    return {row.keyword: row for row in rows}


def gone_text() -> str:
    return _("This label is no longer there: it was deleted, perhaps in another window.")


def _one(rows: Mapping[str, Label], keyword: str) -> Label:
    found = rows.get(keyword.lower())
    if found is None or found.removed_at is not None:
        raise LabelRefusedError(gone_text())
    return found


def _checked(name: str, others: Iterable[Label]) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name:
        raise LabelRefusedError(_("Give the label a name."))
    if len(name) > LONGEST_NAME:
        raise LabelRefusedError(_("This name is too long: %d characters at most.") % LONGEST_NAME)
    # Cf turns text round or hides in it; the emoji joiner alone is of use.
    if any(unicodedata.category(c)[0] == "C" and c != "\u200d" for c in name):
        raise LabelRefusedError(_("This name holds a character that cannot be shown."))
    if any(row.name.casefold() == name.casefold() for row in others if row.removed_at is None):
        raise LabelRefusedError(_("There is a label of that name already."))
    return name


def _colour(colour: str) -> str:
    if colour not in Label.Colour.values:
        raise LabelRefusedError(_("Choose a colour."))
    return colour

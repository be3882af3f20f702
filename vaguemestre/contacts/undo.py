"""What was taken away or changed, kept for an hour as it was, and put back by one press."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import cards, groups
from vaguemestre.contacts.cards import Card, CardLine, card_of
from vaguemestre.contacts.models import Collected, Contact, Group, Undoable
from vaguemestre.contacts.search_words import searchable_text

KEPT = 20  # acts of one account
LASTS = timedelta(hours=1)


def remember_act(
    account: Account, *, now: datetime, cards: Sequence[Contact] = (), made: Iterable[int] = (),
    groups: Iterable[Group] = (), forgotten: Iterable[Collected] = (),
) -> str:  # fmt: skip
    """Before the act, in its transaction. `groups`: their name and who is in them. Answers the word for "Undo"."""
    before = {
        "cards": [{"pk": one.pk, "card": asdict(card_of(one)), "uid": one.uid} for one in cards],
        "groups": [
            {"pk": group.pk, "name": group.name, "people": list(group.contacts.values_list("pk", flat=True))}
            for group in groups
        ],
        "collected": [
            {"address": one.address, "name": one.name, "times": one.times, "last_at": one.last_at.isoformat()}
            for one in forgotten
        ],
    }
    undoable = Undoable.objects.create(
        key=secrets.token_hex(16), account=account, done_at=now, before=before, made=list(made)
    )
    kept = Undoable.objects.filter(account=account).order_by("-done_at", "-pk").values("pk")[:KEPT]
    Undoable.objects.filter(account=account).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return undoable.key


def undo_removed_contacts(account: Account, contacts: Sequence[Contact], *, now: datetime) -> str:
    with transaction.atomic():
        word = remember_act(account, now=now, cards=contacts)
        cards.remove_contacts([one.pk for one in contacts])
    return word


def undo_removed_group(account: Account, group: Group, *, now: datetime) -> str:
    with transaction.atomic():
        word = remember_act(account, now=now, groups=[group])
        Group.objects.filter(pk=group.pk).delete()
    return word


def undo_changed_group(account: Account, group: Group, *, now: datetime, act: Callable[[], int]) -> tuple[str, int]:
    """`act` answers how many people it was about."""
    with transaction.atomic():
        word = remember_act(account, now=now, groups=[group])
        return word, act()


def undo_forgotten(account: Account, people: Sequence[Collected], *, now: datetime) -> str:
    with transaction.atomic():
        word = remember_act(account, now=now, forgotten=people)
        Collected.objects.filter(pk__in=[one.pk for one in people]).delete()
    return word


def undo_act(undoable: Undoable, *, now: datetime) -> bool:
    """Once: the word is spent, and for an hour. What has come since stays."""
    if now - undoable.done_at > LASTS:
        return False
    account = undoable.account
    with transaction.atomic():
        if not Undoable.objects.filter(pk=undoable.pk).delete()[0]:
            return False
        Contact.objects.filter(account=account, pk__in=undoable.made).delete()
        _cards(account, undoable.before.get("cards", []), now)
        _groups(account, undoable.before.get("groups", []))
        _collected(account, undoable.before.get("collected", []))
    return True


def _cards(account: Account, kept: list[dict[str, Any]], now: datetime) -> None:
    """Under their former number, so that an open page finds them again."""
    there = {one.pk: one for one in Contact.objects.filter(account=account, pk__in=[one["pk"] for one in kept])}
    cards.change_contacts([(there[one["pk"]], _card(one)) for one in kept if one["pk"] in there], now=now)
    gone = [one for one in kept if one["pk"] not in there]
    taken = set(Contact.objects.filter(account=account).values_list("uid", flat=True)) if gone else set()
    cards.restore_contacts(
        account, [(one["pk"], _card(one), cards.new_uid() if one["uid"] in taken else one["uid"]) for one in gone],
        now=now,
    )  # fmt: skip


def _card(one: dict[str, Any]) -> Card:
    said = dict(one["card"])
    for name in ("name_rest", "units", "groups", "extra"):
        said[name] = tuple(said[name])
    for name in ("addresses", "numbers"):
        said[name] = tuple(CardLine(**line) for line in said[name])
    return Card(**said)


def _groups(account: Account, kept: list[dict[str, Any]]) -> None:
    found = groups.groups_named(account, [one["name"] for one in kept])
    for one in kept:
        group = Group.objects.filter(account=account, pk=one["pk"]).first() or found[groups.fold_name(one["name"])]
        group.contacts.set(Contact.objects.filter(account=account, pk__in=one["people"]))


def _collected(account: Account, kept: list[dict[str, Any]]) -> None:
    Collected.objects.bulk_create(
        (
            Collected(
                account=account, address=one["address"], name=one["name"], times=one["times"],
                last_at=datetime.fromisoformat(one["last_at"]), search=searchable_text(one["name"], one["address"]),
            )
            for one in kept
        ),
        ignore_conflicts=True,
    )  # fmt: skip

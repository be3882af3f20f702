"""Boxes of places: `ce.<uai>@`, made for places that an import lists and somebody confirmed."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.lifecycle import shared_accounts
from vaguemestre.accounts.lifecycle.shared_accounts import SharedName
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.projection import announce_change
from vaguemestre.people.functions import DSDEN, RECTORAT
from vaguemestre.people.models import School
from vaguemestre.people.snapshot import Changes
from vaguemestre.shared_mailboxes.models import SharedMailbox

BATCH = 2000
PLACE_PREFIX = "ce."  # what no service may begin with
OFFICES = {DSDEN, RECTORAT}  # their boxes are those of services, which no feed makes


def local_part_of(uai: str) -> str:
    return f"{PLACE_PREFIX}{uai.lower()}"


def coming_boxes(changes: Changes) -> dict[str, str]:
    """UAI to name: the places of this feed that its import gives a box. A withdrawn one opens again."""
    there = set(
        SharedMailbox.objects.filter(place__isnull=False, account__state=Account.State.OPEN).values_list(
            "place_id", flat=True
        )
    )
    kinds = dict(School.objects.values_list("uai", "kind")) | {school.uai: school.kind for school in changes.schools}
    return {
        uai: name
        for uai, name in sorted(changes.places.items())
        if uai not in there and kinds.get(uai, RECTORAT) not in OFFICES
    }


def make_boxes(uais: Iterable[str], *, import_number: int, now: datetime, by: str) -> int:
    """For these places, which are known by now and have none (`coming_boxes`). Returns how many were made or opened."""
    with transaction.atomic():
        places = _places(sorted(uais))
        withdrawn = {
            box.place_id: box
            for box in SharedMailbox.objects.filter(place__isnull=False).exclude(account__state=Account.State.OPEN)
            .select_related("account")
        }  # fmt: skip
        again = [withdrawn[place.uai] for place in places if place.uai in withdrawn]
        shared_accounts.reopen_shared_accounts([box.account for box in again], by=by)
        for box in again:
            box.import_number = import_number
        SharedMailbox.objects.bulk_update(again, ["import_number"], batch_size=500)
        fresh = [place for place in places if place.uai not in withdrawn]
        names = [SharedName(local_part_of(place.uai), place.name) for place in fresh]
        accounts = shared_accounts.open_shared_accounts(names, now=now, by=by)
        SharedMailbox.objects.bulk_create(
            [
                SharedMailbox(account=account, place=place, import_number=import_number, made_by=by, made_at=now)
                for place, account in zip(fresh, accounts, strict=True)
                if account is not None
            ],
            batch_size=BATCH,
        )
    return len(again) + sum(account is not None for account in accounts)


def follow_names(uais: Iterable[str]) -> None:
    """Places that are called otherwise now: so are their boxes."""
    boxes = list(SharedMailbox.objects.filter(place__in=list(uais)).select_related("account", "place"))
    renamed = [box for box in boxes if box.place and box.account.shared_name != box.place.name]
    for box in renamed:
        Account.every.filter(pk=box.account_id).update(shared_name=box.place.name if box.place else "")
    announce_change(box.account for box in renamed)


def boxes_of_import(number: int) -> list[SharedMailbox]:
    return list(
        SharedMailbox.objects.filter(import_number=number, account__state=Account.State.OPEN).select_related("account")
    )


def _places(uais: list[str]) -> list[School]:
    found: list[School] = []
    for start in range(0, len(uais), 900):
        found += School.objects.filter(uai__in=uais[start : start + 900]).order_by("uai")
    return found

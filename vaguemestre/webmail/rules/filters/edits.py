"""Filters made, changed, put in order, taken away; the script follows or nothing has changed (`rules.sieve_sync`).

All raise `ForeignScriptError` and the mailbox's errors; what puts to work raises what
`forward_confirmations.check_targets` does."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db.models import Max

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.mailbox.messages import Folder
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models.filter import Filter
from vaguemestre.webmail.rules import sieve_sync
from vaguemestre.webmail.rules.filters import forward_confirmations, rule as filter_rule, store
from vaguemestre.webmail.rules.filters.rule import RULES, Rule


class TooManyFiltersError(Exception):
    """Nobody reads so long a list; and each of them looks at each message."""


def save_filter(access: MailboxAccess, rule: Rule, filter_id: int | None, *, now: datetime, agreed: str = "") -> None:
    """A new one comes last. One that was deleted in another tab is made again. Raises `TooManyFiltersError`."""
    with _changing(access, now, agreed):
        forward_confirmations.check_targets(access.mailbox, rule)
        mine = Filter.objects.filter(account=access.mailbox, pk=filter_id) if filter_id else Filter.objects.none()
        if not mine.update(rule=filter_rule.rule_data(rule), changed_at=now):
            _add(access.mailbox, rule, now)
        _note(access, "saved", rule)


def remove_filter(
    access: MailboxAccess, filter_id: int, *, now: datetime, agreed: str = ""
) -> store.StoredFilter | None:
    """What it was, for whoever wants it back; None when it is gone already."""
    with _changing(access, now, agreed or sieve_sync.WHATEVER):
        found = store.find_filter(access.mailbox.key, filter_id)
        if found:
            Filter.objects.filter(account=access.mailbox, pk=filter_id).delete()
            _note(access, "removed", found.rule)
    return found


def restore_filter(access: MailboxAccess, rule: Rule, position: int, *, now: datetime, agreed: str = "") -> None:
    """Back in its place. Raises `TooManyFiltersError`."""
    with _changing(access, now, agreed):
        forward_confirmations.check_targets(access.mailbox, rule)
        made = _add(access.mailbox, rule, now)
        _put(access.mailbox, made, position)
        _note(access, "saved", rule)


def switch_filter(access: MailboxAccess, filter_id: int, *, on: bool, now: datetime, agreed: str = "") -> None:
    """One that is gone is no fault."""
    with _changing(access, now, agreed or ("" if on else sieve_sync.WHATEVER)):
        row = Filter.objects.filter(account=access.mailbox, pk=filter_id).first()
        if row and row.rule["on"] is not on:
            row.rule = {**row.rule, "on": on}
            forward_confirmations.check_targets(access.mailbox, filter_rule.rule_from_data(row.rule))
            row.save(update_fields=["rule"])
            _note(access, "on" if on else "off", filter_rule.rule_from_data(row.rule))


def move_filter(
    access: MailboxAccess,
    filter_id: int,
    *,
    now: datetime,
    up: bool = False,
    place: int | None = None,
    agreed: str = "",
) -> None:
    """One up or down, or to a place of the list that counts from nought."""
    with _changing(access, now, agreed):
        order = [kept.id for kept in store.load_filters(access.mailbox.key)]
        if filter_id in order:
            _put(access.mailbox, filter_id, order.index(filter_id) + (-1 if up else 1) if place is None else place)


def follow_renamed_folders(account: Account, folders: Sequence[Folder], *, now: datetime) -> None:
    """A folder that was renamed, here or in another program, is still where its filters file. Call it when the folders
    are known; the script is written by the clock, and only when something has changed."""
    names = {str(folder.id): str(folder.name) for folder in folders if folder.id}
    for kept in store.load_filters(account.key):
        path = names.get(kept.rule.folder)
        if path is not None and path != kept.rule.path:
            moved = filter_rule.rule_data(replace(kept.rule, path=path))
            Filter.objects.filter(pk=kept.id).update(rule=moved)
            sieve_sync.follow_soon(account, now)


@contextmanager
def _changing(access: MailboxAccess, now: datetime, agreed: str) -> Iterator[None]:
    with (
        sieve_sync.changing_settings(access.mailbox, by=access.reader.key, now=now, agreed=agreed),
        forward_confirmations.forwarding_notices(access.mailbox, by=access.reader.key, now=now),
    ):
        yield


def _add(account: Account, rule: Rule, now: datetime) -> int:
    mine = Filter.objects.filter(account=account)
    if mine.count() >= RULES:
        raise TooManyFiltersError
    last = mine.aggregate(last=Max("position"))["last"] or 0
    return Filter.objects.create(
        account=account, position=last + 1, rule=filter_rule.rule_data(rule), changed_at=now
    ).pk


def _put(account: Account, filter_id: int, place: int) -> None:
    order = [kept.id for kept in store.load_filters(account.key) if kept.id != filter_id]
    order.insert(max(0, min(place, len(order))), filter_id)
    for position, one in enumerate(order, start=1):
        Filter.objects.filter(pk=one).update(position=position)


def _note(access: MailboxAccess, change: str, rule: Rule) -> None:
    journal.record(access.reader.key, f"filter.{change}", access.mailbox.key, bins=rule.bins)

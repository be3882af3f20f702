"""Mailboxes of services and of roles (`dpe3@`, `rssi@`): made by an administrator, owned by people or by a function."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from vaguemestre.accounts.lifecycle import shared_accounts
from vaguemestre.accounts.lifecycle.shared_accounts import SharedName
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions.event_streams import end_streams
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.people.models import School
from vaguemestre.shared_mailboxes import periods, posts
from vaguemestre.shared_mailboxes.boxes import PLACE_PREFIX
from vaguemestre.shared_mailboxes.members import let_in
from vaguemestre.shared_mailboxes.models import MailboxRights, MembershipRule, SharedMailbox

LOCAL_PART = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
LONGEST = 64
# Who answers them when they have no mailbox of their own: the administrators (`engine/projection/rows.py`); or nobody.
KEPT_BY_MACHINES = frozenset({"postmaster", "mailer-daemon", "abuse", "root", "noreply", "no-reply", "ne-pas-repondre"})


class ServiceRefusal(StrEnum):
    FORM = "form"
    KEPT = "kept"
    TAKEN = "taken"
    NOBODY = "nobody"


class ServiceRefusedError(Exception):
    def __init__(self, reason: ServiceRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Owners:
    """People; and whoever holds `function`, at `place` or anywhere."""

    people: Sequence[Account] = ()
    function: str = ""
    place: School | None = None


def services(state: str = Account.State.OPEN) -> list[SharedMailbox]:
    """Those that are open, or closed (`STOPPED`), by address. With who shares them and by which rule."""
    found = SharedMailbox.objects.filter(place=None, account__state=state).select_related("account")
    found = found.prefetch_related("memberships__member__person", "rules__place")
    return sorted(found, key=lambda one: one.account.local_part)


def make_service(local_part: str, name: str, owners: Owners, *, now: datetime, by: str) -> SharedMailbox:
    """The same address again: its name and further owners, and it is open. Raises `ServiceRefusedError`."""
    local_part = local_part.strip().lower()
    if not LOCAL_PART.fullmatch(local_part) or len(local_part) > LONGEST or not name.strip():
        raise ServiceRefusedError(ServiceRefusal.FORM)
    if local_part in KEPT_BY_MACHINES or local_part.startswith(PLACE_PREFIX):
        raise ServiceRefusedError(ServiceRefusal.KEPT)
    if not owners.people and not owners.function:
        raise ServiceRefusedError(ServiceRefusal.NOBODY)
    with transaction.atomic():
        box = SharedMailbox.objects.filter(place=None, account__local_part=local_part).select_related("account").first()
        box = box or _opened(SharedName(local_part, name.strip()), now, by)
        Account.every.filter(pk=box.account_id).update(shared_name=name.strip())
        periods.announce_boxes([box.account_id])
        reopen_service(box, now=now, by=by)
        _share(box, owners, now, by)
        due.at(now, posts.KEEP_UP, "")
    posts.keep_up("", now)
    return SharedMailbox.objects.select_related("account").get(pk=box.pk)


def close_service(box: SharedMailbox, *, now: datetime, by: str) -> None:
    """Nothing reaches it and nobody opens it, from this moment; its mail, its members and its address stay, for whoever
    opens it again. It is never purged by itself."""
    if box.account.state != Account.State.OPEN:
        return
    with transaction.atomic():
        members = _members_today(box, now)
        shared_accounts.withdraw_shared_accounts([box.account], now=now, by=by, act="box.closed")
        _tell(members, now)


def reopen_service(box: SharedMailbox, *, now: datetime, by: str) -> None:
    """To its members, but those whose right has ended meanwhile."""
    if box.account.state == Account.State.OPEN:
        return
    with transaction.atomic():
        shared_accounts.reopen_shared_accounts([box.account], by=by)
        _tell(_members_today(box, now), now)
        due.at(now, posts.KEEP_UP, "")


def _members_today(box: SharedMailbox, now: datetime) -> list[str]:
    return list(periods.live(timezone.localdate(now)).filter(box=box).values_list("member", flat=True))


def _tell(members: Sequence[str], now: datetime) -> None:
    periods.note_members(members, timezone.localdate(now))
    end_streams(members)


def _opened(name: SharedName, now: datetime, by: str) -> SharedMailbox:
    [account] = shared_accounts.open_shared_accounts([name], now=now, by=by)
    if account is None:
        raise ServiceRefusedError(ServiceRefusal.TAKEN)
    return SharedMailbox.objects.create(account=account, made_by=by, made_at=now)


def _share(box: SharedMailbox, owners: Owners, now: datetime, by: str) -> None:
    today = timezone.localdate(now)
    there = periods.live(today).filter(box=box, right=MailboxRights.OWNER, ends=None).values_list("member", flat=True)
    for member in {one.key: one for one in owners.people if one.key not in set(there)}.values():
        let_in(box, member, MailboxRights.OWNER, None, by=by, now=now)
    if owners.function:
        MembershipRule.objects.get_or_create(
            box=box, place=owners.place, function=owners.function, defaults={"right": MailboxRights.OWNER}
        )
        words = f"{owners.function}@{owners.place.uai}" if owners.place else owners.function
        journal.record(by, "box.rule-added", box.account_id, box=box.account.address, function=words)

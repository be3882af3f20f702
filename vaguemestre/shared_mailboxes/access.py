"""The only ways from a person to the boxes that are theirs."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership, SharedMailbox
from vaguemestre.shared_mailboxes.periods import current, live
from vaguemestre.web.compiled_query import CompiledQuery, CompiledRows

WRITERS = (MailboxRights.OWNER, MailboxRights.MEMBER)
MOST_HEARD = 200  # a cookie has room for no more
_READ = "_shared_boxes"  # on the account of a request
_OPEN = Q(box__account__state=Account.State.OPEN)
_OF_MEMBER = CompiledRows(
    lambda key: (
        current()
        .filter(_OPEN, member=key)
        .values_list("box_id", "box__account__local_part", "box__account__shared_name", "right", "starts", "ends")
    )
)
_BY_KEY = CompiledQuery(lambda key: Account.every.filter(pk=key))


@dataclass(frozen=True, slots=True)
class SharedBox:
    """A box as a member sees it from outside: each page has a line of each."""

    key: str
    local_part: str
    name: str
    right: MailboxRights

    @property
    def address(self) -> str:
        return f"{self.local_part}@{academy().domain}"


def boxes_of(reader: Account, today: date) -> list[SharedBox]:
    """Those of today, by name. Without a query for whoever has none; with one for a request, however often asked."""
    if not reader.in_boxes:
        return []
    known: list[SharedBox] | None = vars(reader).get(_READ)
    if known is None:
        day = today.isoformat()
        held = [row for *row, starts, ends in _OF_MEMBER.all(reader.key) if str(starts) <= day <= str(ends or day)]
        mine = [SharedBox(key, part, name, MailboxRights(right)) for key, part, name, right in held]
        known = vars(reader)[_READ] = sorted(mine, key=lambda one: (one.name, one.key))
    return known


def memberships_of(reader: Account, today: date) -> list[Membership]:
    """By name, until when as well."""
    found = live(today).filter(member=reader.key).select_related("box__account")
    return sorted(found, key=lambda one: (one.box.account.shared_name, one.box_id))


def membership_in(box: Account, number: int, today: date) -> Membership:
    """One of those who share it today. Raises Http404."""
    found = live(today).filter(box=box.key, pk=number).select_related("box__account", "member__person").first()
    if found is None:
        raise Http404("membership")
    return found


def box_for(reader: Account, local_part: str, today: date) -> tuple[Account, MailboxRights]:
    """Raises Http404, for a box that is not theirs as for one that does not exist. The reader's own account is in
    order: whoever asks has passed the guard of pages, and is asked about again here for mail."""
    mine = next((one for one in boxes_of(reader, today) if one.local_part == local_part), None)
    found = _BY_KEY.first(mine.key) if mine else None
    if mine is None or found is None:
        raise Http404("box")
    return found, mine.right


def members_who_write(box: str, today: date) -> list[Account]:
    """Who may answer and file in a box (its key), by name. One query."""
    writers = live(today).filter(box=box, right__in=WRITERS).select_related("member__person")
    return sorted((one.member for one in writers), key=lambda one: (one.person.search_name, one.key))


def may_write_in(box: str, member: str, today: date) -> bool:
    """Of two keys. What a member has begun in the box's name may continue."""
    return live(today).filter(box=box, member=member, right__in=WRITERS).exists()


def service_at(local_part: str) -> SharedMailbox:
    """For administrators: open or closed. Raises Http404."""
    found = SharedMailbox.objects.filter(place=None, account__local_part=local_part).select_related("account").first()
    if found is None:
        raise Http404("service")
    return found


def box_of_place(uai: str) -> Account | None:
    """Where one writes to a school."""
    return Account.every.filter(box__place=uai, state=Account.State.OPEN).first()


def boxes_heard_by(reader: Account) -> list[str]:
    """For the event stream: `accounts.ports.heard_boxes`."""
    return sorted(one.key for one in boxes_of(reader, timezone.localdate()))[:MOST_HEARD]

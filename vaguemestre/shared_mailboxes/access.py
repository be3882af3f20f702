"""The only ways from a person to the boxes that are theirs."""

from datetime import date

from django.http import Http404
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.shared_mailboxes.models import Membership
from vaguemestre.shared_mailboxes.posts import live
from vaguemestre.web.compiled_query import CompiledQuery

MOST_HEARD = 200  # a cookie has room for no more
_READ = "_memberships"  # on the account of a request
_OF_MEMBER = CompiledQuery(
    lambda key: Membership.objects.filter(member=key, box__account__state=Account.State.OPEN).select_related(
        "box__account"
    )
)


def memberships_of(reader: Account, today: date) -> list[Membership]:
    """By name. Without a query for whoever has none; with one for a request, however often it is asked."""
    if not reader.in_boxes:
        return []
    known: list[Membership] | None = vars(reader).get(_READ)
    if known is None:
        known = vars(reader)[_READ] = sorted(
            _OF_MEMBER.all(reader.key), key=lambda one: (one.box.account.shared_name, one.box_id)
        )
    return [one for one in known if one.holds(today)]


def membership_in(box: Account, number: int, today: date) -> Membership:
    """One of those who share it today. Raises Http404."""
    found = live(today).filter(box=box.key, pk=number).select_related("box__account", "member__person").first()
    if found is None:
        raise Http404("membership")
    return found


def membership_for(reader: Account, local_part: str, today: date) -> Membership:
    """Raises Http404, for a box that is not theirs as for one that does not exist. The reader's own account is in
    order: whoever asks has passed the guard of pages, and is asked about again here for mail."""
    mine = memberships_of(reader, today)
    found = next((one for one in mine if one.box.account.local_part == local_part), None)
    if found is None:
        raise Http404("box")
    return found


def box_of_place(uai: str) -> Account | None:
    """Where one writes to a school."""
    return Account.every.filter(box__place=uai, state=Account.State.OPEN).first()


def boxes_heard_by(reader: Account) -> list[str]:
    """For the event stream: `accounts.ports.heard_boxes`."""
    return sorted(one.box_id for one in memberships_of(reader, timezone.localdate()))[:MOST_HEARD]

"""The only ways from a request and a key to a circular. Not theirs is not found."""

from collections.abc import Callable
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions.decorators import StaffView, freshly_proved_keeping
from vaguemestre.circulars.approval import possible_approvers
from vaguemestre.circulars.archive import concerned_by
from vaguemestre.circulars.models import Circular, CircularFile
from vaguemestre.lists.access import Asker, asker_of, where_lists_are_on

State = Circular.State

__all__ = [
    "asker_of", "circular_to_approve", "freshly_proved", "is_own", "own_circular", "own_circulars", "own_departed",
    "own_draft", "readable_circular", "readable_file", "where_lists_are_on",
]  # fmt: skip


def freshly_proved[**P](what: Promise) -> Callable[[StaffView[P]], StaffView[P]]:
    """An open screen empties no mailbox; what was typed is kept meanwhile."""
    return lambda view: freshly_proved_keeping(view, lambda _request: str(what))


def own_circulars(asker: Asker) -> QuerySet[Circular]:
    """Those of the posts of today: the next holder finds them."""
    owned = Q(pk__in=())
    for post in asker.posts:
        owned |= Q(place=post.place, post=post.kind)
    return Circular.objects.filter(owned).select_related("place")


def own_circular(asker: Asker, key: str) -> Circular:
    """Raises Http404."""
    found = own_circulars(asker).filter(pk=key).first()
    if found is None:
        raise Http404("circular")
    return found


def own_draft(asker: Asker, key: str) -> Circular:
    """One that has not begun to leave. Raises Http404."""
    found = own_circular(asker, key)
    if found.state == State.APPROVED and not found.is_scheduled:
        raise Http404("circular")
    return found


def own_departed(asker: Asker, key: str) -> Circular:
    """One that has left and is not withdrawn: to correct or to withdraw. Raises Http404."""
    found = own_circular(asker, key)
    if found.state != State.APPROVED or found.is_scheduled or found.withdrawn_at is not None:
        raise Http404("circular")
    return found


def circular_to_approve(account: Account, key: str, today: date) -> Circular:
    """For whom it was submitted to, while their right is in force. Raises Http404."""
    asked = Circular.objects.filter(pk=key, state=State.ASKED, approver=account.key).select_related("place")
    found = asked.first()
    if found is None or all(one.key != account.key for one in possible_approvers(found.author, today)):
        raise Http404("circular")
    return found


def readable_circular(account: Account, key: str, today: date) -> Circular:
    """For those whom it concerns, those whose post sends it, and who approves it. Raises Http404."""
    found = Circular.objects.filter(pk=key).select_related("place").first()
    if found is None or not (is_own(account, found, today) or concerned_by(account, found, today)):
        raise Http404("circular")
    return found


def readable_file(account: Account, key: str, number: int, today: date) -> CircularFile:
    """Of a withdrawn circular, for its senders and who approved it alone. Raises Http404."""
    circular = readable_circular(account, key, today)
    found = circular.files.filter(pk=number).first()
    if found is None or (circular.withdrawn_at is not None and not is_own(account, circular, today)):
        raise Http404("file")
    return found


def is_own(account: Account, circular: Circular, today: date) -> bool:
    """Their post sends it, or they approve it."""
    if circular.approver == account.key and circular.state in (State.ASKED, State.APPROVED):
        return True
    try:
        asker = asker_of(account, today)
    except Http404:
        return False
    return own_circulars(asker).filter(pk=circular.pk).exists()

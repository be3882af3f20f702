"""Whose mail a request is about, and who reads it: one's own mailbox, or one that is shared (`/webmail/boites/…`).

The rule for all views of this room and for what they call:
- `request.mailbox`, the access: opens the mailbox, and its `key` keeps, caches and signs what one reader sees of it.
- `request.mailbox.mailbox`: the account whose mail it is, with its drafts, labels, rules, queue, signatures, addresses.
- `request.account`, the `reader` of the access: the person. Preferences, contacts, standing, search history;
  who did it, in the journal.

In a shared mailbox the addresses that are made lead to the same mailbox (`web.url_cache`).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Self, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import View, signed_in
from vaguemestre.shared_mailboxes.access import box_for, boxes_of
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.url_cache import Placing, leading_to
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.shared_addresses import OWNERS, READING, ROOT, SEEN, box_url, is_in_a_box

# Brick and ochre warn, slate is everywhere.
COLOURS = ("teal", "rose", "olive", "violet", "moss", "plum", "sky", "earth")

_TYPED = ("a", "cc", "cci", "objet", "texte", "html")

type MailboxView[**P] = Callable[Concatenate[MailboxRequest, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class MailboxAccess:
    mailbox: Account
    reader: Account
    rights: MailboxRights

    @classmethod
    def own(cls, account: Account) -> Self:
        return cls(account, account, MailboxRights.OWNER)

    @property
    def key(self) -> str:
        """Names the pair. Of one's own mailbox the account's key, by which everything has been kept and signed."""
        return self.mailbox.key if self.is_own else f"{self.mailbox.key}_{self.reader.key}"

    @property
    def is_own(self) -> bool:
        return self.mailbox.key == self.reader.key

    @property
    def colour(self) -> str:
        """As in the column, so that one sees where one is."""
        known = box_colours([one.key for one in boxes_of(self.reader, timezone.localdate())])
        return known.get(self.mailbox.key) or _colour(self.mailbox.key)

    @property
    def may_write(self) -> bool:
        return self.rights != MailboxRights.READER

    @property
    def may_decide(self) -> bool:
        """What holds for all who share it."""
        return self.rights == MailboxRights.OWNER

    def may_open(self, name: str, method: str = "GET") -> bool:
        """A page of this room, by the name of its address."""
        if self.rights == MailboxRights.OWNER:
            return True
        if self.rights == MailboxRights.MEMBER:
            return name not in OWNERS
        return name in SEEN or (name in READING and method in {"GET", "HEAD"})


def box_colours(boxes: Sequence[str]) -> dict[str, str]:
    """Of boxes in the order of the column, by key. Each has its own, the same for all who share it; only one that is
    the same as that above it takes another, which is not that below it either."""
    own, found = [*map(_colour, boxes), ""], dict[str, str]()
    above = ""
    for key, mine, below in zip(boxes, own, own[1:], strict=False):
        above = mine if mine != above else next(one for one in COLOURS if one not in {above, below})
        found[key] = above
    return found


def _colour(box: str) -> str:
    return COLOURS[int(box[1:]) % len(COLOURS)]


def shared_accesses(reader: Account) -> list[MailboxAccess]:
    """The shared mailboxes of this person, by name. Without a query for whoever is in none."""
    boxes = boxes_of(reader, timezone.localdate())
    accounts = Account.every.in_bulk([one.key for one in boxes])
    return [MailboxAccess(accounts[one.key], reader, one.right) for one in boxes if one.key in accounts]


def writable_elsewhere(shown: MailboxAccess) -> list[MailboxAccess]:
    """The other mailboxes in whose name the reader may write, one's own first."""
    found = [MailboxAccess.own(shown.reader), *shared_accesses(shown.reader)]
    return [one for one in found if one.may_write and one.mailbox.key != shown.mailbox.key]


_shown: ContextVar[MailboxAccess | None] = ContextVar("mailbox", default=None)  # the shared mailbox that is shown


class MailboxRequest(StaffRequest):
    """What a view behind `with_mailbox` receives."""

    mailbox: MailboxAccess


def with_mailbox[**P](view: MailboxView[P]) -> View[P]:
    """`signed_in` for the views of this room: the request also says whose mail it is about. `boite`: of the address of
    a shared mailbox; not one of theirs is a mailbox that does not exist."""

    @wraps(view)
    def opened(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        mail, named = cast(MailboxRequest, request), str(kwargs.pop("boite", ""))
        try:
            mail.mailbox = _access(request, named) if named else MailboxAccess.own(request.account)
        except Http404:
            return _gone_response(request)
        with inside(mail.mailbox):
            return view(mail, *args, **kwargs)

    opened.opens_mailbox = True  # type: ignore[attr-defined]  # a test looks at each address
    return signed_in(opened)


@contextmanager
def inside(access: MailboxAccess) -> Iterator[None]:
    """Addresses made here lead into this mailbox, and what leaves it has its reader as author."""
    before = _shown.set(None if access.is_own else access)
    try:
        with leading_to(None if access.is_own else _placing(access)):
            yield
    finally:
        _shown.reset(before)


def acting_member() -> Account | None:
    """Who sends in the name of the shared mailbox that is shown; None in one's own, and in what the clock does."""
    shown = _shown.get()
    return shown.reader if shown else None


def _placing(access: MailboxAccess) -> Placing:
    """What a shared mailbox does not have leads to one's own; so do the addresses in a letter, for who only reads."""
    place = box_url(access.mailbox.local_part)

    def placed(name: str, url: str) -> str:
        room, _colon, page = name.partition(":")
        here = room == "webmail" and is_in_a_box(page) and (access.may_write or page != "compose-new")
        return url.replace(ROOT, place, 1) if here else url

    return placed


def _gone_response(request: StaffRequest) -> HttpResponse:
    """The same for a mailbox that does not exist. What was typed there is still the person's own."""
    key = request.resolver_match.kwargs.get("key") if request.resolver_match else None
    wrote = not {"texte", "html"}.isdisjoint(request.POST)
    typed = [(name, value) for name in _TYPED for value in request.POST.getlist(name)] if wrote else []
    part = "#fragment" if is_htmx(request) else ""
    return render(request, f"webmail/boxes/gone.html{part}", {"typed": typed, "key": key or new_key()}, status=404)


def _access(request: StaffRequest, local_part: str) -> MailboxAccess:
    now, match = timezone.now(), request.resolver_match
    if request.account.mail_refusal(now):
        raise Http404("mailbox shut")  # their own mail says why
    box, right = box_for(request.account, local_part, timezone.localdate(now))
    access = MailboxAccess(box, request.account, right)
    if not access.may_open((match.url_name if match else "") or "", request.method or ""):
        raise PermissionDenied("rights in a shared mailbox")
    return access

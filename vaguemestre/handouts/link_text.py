"""What a sender reads of their files."""

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.handouts.link_lifetime import GRACE, longest_lifetime
from vaguemestre.handouts.message_links import day_of
from vaguemestre.handouts.models import Handout
from vaguemestre.web.date_text import full_date, relative_date_text
from vaguemestre.web.number_text import number_text, octets_text

SALT = "vaguemestre.handouts.withdrawn"
MOST = 200  # the latest
SHOWN = 5  # of the times that one was fetched


@dataclass(frozen=True, slots=True)
class SentHandout:
    key: str
    name: str
    size: str
    said: str
    fetched: str
    times: list[str]
    alive: bool
    may_prolong: bool
    undo: str  # the word that gives it back; empty when nothing does
    of_draft: bool = False  # it has no link yet, and takes its room all the same


def list_sent(account: Account, now: datetime) -> list[SentHandout]:
    """Those of drafts first."""
    mine = Handout.objects.filter(account=account)
    sent = mine.filter(sent_at__isnull=False).order_by("-sent_at", "key").prefetch_related("fetches")
    of_drafts = mine.filter(sent_at=None).order_by("-created_at", "key")
    return [*map(_of_draft, of_drafts[:MOST]), *(_told(handout, now) for handout in sent[:MOST])]


def _of_draft(handout: Handout) -> SentHandout:
    said = _("not sent yet")
    if not handout.complete:
        said = _("not whole: %s are here") % octets_text(handout.received)
    return SentHandout(
        key=handout.key, name=handout.name, size=octets_text(handout.size), said=said, fetched="", times=[],
        alive=False, may_prolong=False, undo="", of_draft=True,
    )  # fmt: skip


def _told(handout: Handout, now: datetime) -> SentHandout:
    alive = bool(
        handout.withdrawn_at is None and handout.swept_at is None and handout.expires_at and handout.expires_at > now
    )
    end = longest_lifetime(handout)
    return SentHandout(
        key=handout.key,
        name=handout.name,
        size=octets_text(handout.size),
        said=_said(handout, now, alive=alive),
        fetched=_fetched(handout),
        times=[relative_date_text(one.at, now) for one in list(handout.fetches.all())[:SHOWN]],
        alive=alive,
        may_prolong=bool(alive and handout.expires_at and end and handout.expires_at < end),
        undo=signing.dumps(handout.key, salt=SALT) if _may_come_back(handout, now) else "",
    )


def _said(handout: Handout, now: datetime, *, alive: bool) -> str:
    if handout.withdrawn_at:
        when = relative_date_text(handout.withdrawn_at, now)
        own = handout.withdrawn_by == handout.account_id
        return (_("withdrawn %s") if own else _("withdrawn by the administrators, %s")) % when
    if handout.expires_at is None:
        return ""
    words = _("works until %s") if alive else _("over since %s")
    said = words % full_date(day_of(handout.expires_at) if alive else timezone.localdate(handout.expires_at))
    return _("%s, with a password") % said if handout.password and alive else said


def _fetched(handout: Handout) -> str:
    count = handout.downloads
    if not count:
        return _("never fetched")
    return ngettext("fetched %s time", "fetched %s times", count) % number_text(count)


def _may_come_back(handout: Handout, now: datetime) -> bool:
    mine = handout.withdrawn_by == handout.account_id and handout.swept_at is None
    return bool(mine and handout.withdrawn_at and handout.withdrawn_at > now - GRACE)

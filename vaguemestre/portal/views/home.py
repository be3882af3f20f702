from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.first_signin import path
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles.role_lookup import fetch_postings
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.backup.status import backup_status
from vaguemestre.lists.switch import lists_are_on
from vaguemestre.people.offices import office_of
from vaguemestre.portal import arena, quick_access
from vaguemestre.portal.access import sees_findings
from vaguemestre.portal.last_visit import previous_sign_in
from vaguemestre.portal.tiles import home_tiles
from vaguemestre.sso.arena import quick_access as sso_quick_access, tile_queries as sso_arena
from vaguemestre.web import navigation
from vaguemestre.web.date_text import day_in_sentence

SHOWN = 2  # notices; the page My account has them all


@require_safe
@signed_in
def home(request: StaffRequest) -> HttpResponse:
    person = request.account.person
    fetch_postings(request.account)
    now, last = timezone.now(), previous_sign_in(request.session_record)
    mine = sso_arena.arena_tiles(request.account, now)
    starred = [tile for tile in mine if tile.favourite]
    context = {
        "section": "home",
        "person": person,
        "office": office_of(person),
        "last": last,
        "told": [notices.notice_text(notice) for notice in _told(request.account)[:SHOWN]],
        "closes_on": _closes_soon(request.account, timezone.localdate(now)),
        "backup_troubles": _backup_troubles(request, now),
        "unwelcomed": path.next_step(request.account) is not None,
        "arena": arena.arena_sentence(mine),
        "quick": quick_access.links_beside_doors(sso_quick_access.words_of(request.account), mine),
        "decisions": navigation.decisions_of(request),
        "doors": home_tiles(mine), "favourites": starred[: arena.NAMED], "unshown": len(starred[arena.NAMED :]),
        "circulars": lists_are_on(),
        "last_day": day_in_sentence(last.at, now) if last else "",
    }  # fmt: skip
    return render(request, "portal/home.html", context)


def _told(account: Account) -> "QuerySet[Notice]":
    """What somebody else may have done. A departure has its own words here, a copy of the mailbox on its own page."""
    return notices.unread_notices(account).exclude(kind__in=[Notice.Kind.LEAVING, Notice.Kind.EXPORT])


def _backup_troubles(request: StaffRequest, now: datetime) -> list[str]:
    """What an administrator has to do about backups."""
    return [trouble.text(now) for trouble in backup_status.troubles(now)] if sees_findings(request) else []


def _closes_soon(account: Account, today: date) -> date | None:
    soon = today + timedelta(days=academy().departure.notice_days)
    return account.closes_on if account.closes_on and account.closes_on <= soon else None

"""What one has sent by a link: until when, how often it was fetched, withdrawn, prolonged."""

from typing import Any

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.ports import screen_preferences, settings_entries
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.handouts import chunked_upload, fetch_notes, limits, link_lifetime, link_text, message_links
from vaguemestre.handouts.access import coming_handout, own_handout
from vaguemestre.handouts.message_links import day_of
from vaguemestre.handouts.models import Handout
from vaguemestre.web import toasts
from vaguemestre.web.date_text import full_date
from vaguemestre.web.number_text import octets_text
from vaguemestre.web.toasts import Toast


@require_safe
@signed_in
def handouts(request: StaffRequest) -> HttpResponse:
    account, now, toast = request.account, timezone.now(), toasts.read(request)
    display = screen_preferences.one()(account)
    fetch_notes.count_fetches("", now)  # a sender who was just told of one sees it
    context: dict[str, Any] = {
        "places": settings_entries.one()(), "place": "handouts", "display": display,
        "toast": toast, "here": request.path, "sent": link_text.list_sent(account, now),
        "used": octets_text(limits.total_octets(Handout.objects.filter(account=account, swept_at=None))),
        "most": octets_text(academy().links.of_person_mb * limits.MB),
    }  # fmt: skip
    response = render(request, "handouts/sent.html", context)
    if toast:
        toasts.forget(response)
    return response


@require_POST
@signed_in
def withdraw(request: StaffRequest, key: str) -> HttpResponse:
    handout, now = own_handout(request.account, key), timezone.now()
    done = link_lifetime.withdraw_link(handout, by=request.account.key, now=now)
    said = _("“%s” is withdrawn: its link works no more") if done else _("The link of “%s” was over already")
    undo = signing.dumps(handout.key, salt=link_text.SALT) if done else ""
    return toasts.redirect(reverse("handouts:handouts"), Toast(said % handout.name, undo, undo_at="handouts:return"))


@require_POST
@signed_in
def remove(request: StaffRequest, key: str) -> HttpResponse:
    """One of a draft, which takes room although nobody can fetch it."""
    handout = coming_handout(request.account, key)
    free = message_links.may_be_deleted(handout)
    if free:
        chunked_upload.remove_handout(handout)
    said = _("“%s” is deleted") if free else _("“%s” goes with a message that waits for its hour: take that back first")
    return toasts.redirect(reverse("handouts:handouts"), Toast(said % handout.name))


@require_POST
@signed_in
def give_back(request: StaffRequest) -> HttpResponse:
    try:
        key = signing.loads(request.POST.get("fait", ""), salt=link_text.SALT, max_age=link_lifetime.GRACE)
    except signing.BadSignature:
        return HttpResponseRedirect(reverse("handouts:handouts"))
    handout = own_handout(request.account, key)
    done = link_lifetime.restore_link(handout, now=timezone.now())
    said = _("The link of “%s” works again") if done else _("“%s” can no longer be given back")
    return toasts.redirect(reverse("handouts:handouts"), Toast(said % handout.name))


@require_POST
@signed_in
def prolong(request: StaffRequest, key: str) -> HttpResponse:
    handout = own_handout(request.account, key)
    done = link_lifetime.prolong_link(handout, now=timezone.now())
    handout.refresh_from_db(fields=["expires_at"])
    day = full_date(day_of(handout.expires_at)) if handout.expires_at else ""
    said = _("“%(name)s” can be fetched until %(day)s") if done else _("“%(name)s” cannot be prolonged any more")
    return toasts.redirect(reverse("handouts:handouts"), Toast(said % {"name": handout.name, "day": day}))

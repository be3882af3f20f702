"""The mailings of a post: how far they are, stop, continue, remind once."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.audit import journal
from vaguemestre.circulars.access import asker_of, own_circular, own_circulars, where_lists_are_on
from vaguemestre.circulars.dispatch import continue_mailing, stop_mailing
from vaguemestre.circulars.models import Circular
from vaguemestre.circulars.progress import mailing_context
from vaguemestre.circulars.read_state import remind
from vaguemestre.web import toasts
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast

SHOWN = 50


@require_safe
@signed_in
@where_lists_are_on
def sendings(request: StaffRequest) -> HttpResponse:
    found = own_circulars(asker_of(request.account, timezone.localdate())).order_by("-changed_at", "key")
    return _shown(request, "circulars/sendings.html", {"circulars": found[:SHOWN], "section": "circulars"})


@require_safe
@signed_in
@where_lists_are_on
def following(request: StaffRequest, key: str) -> HttpResponse:
    return _shown(request, "circulars/following.html", mailing_context(_own(request, key)))


@require_safe
@signed_in
@where_lists_are_on
def state(request: StaffRequest, key: str) -> HttpResponse:
    """For an open page, every two seconds while it leaves."""
    return render(request, "circulars/state.html", mailing_context(_own(request, key)))


@require_POST
@signed_in
@where_lists_are_on
def stop(request: StaffRequest, key: str) -> HttpResponse:
    circular = _own(request, key)
    done = [stop_mailing(one) for one in circular.mailings.all()]
    if any(done):
        journal.record(request.account.key, "circular.stopped", circular.author, circular=circular.key)
        return _back(circular, _("Stopped. Those who have it keep it, the others wait."))
    return _back(circular, _("It has left already."))


@require_POST
@signed_in
@where_lists_are_on
def resume(request: StaffRequest, key: str) -> HttpResponse:
    circular = _own(request, key)
    done = [continue_mailing(one) for one in circular.mailings.all()]
    if any(done):
        journal.record(request.account.key, "circular.continued", circular.author, circular=circular.key)
    return _back(circular, _("It leaves to those who were waiting."))


@require_POST
@signed_in
@where_lists_are_on
def reminder(request: StaffRequest, key: str) -> HttpResponse:
    circular = _own(request, key)
    if circular.state != Circular.State.APPROVED:
        return _back(circular, _("It has not left yet."))
    count = remind(circular, request.account, now=timezone.now())
    if not count:
        return _back(circular, _("Nothing was sent: the reminder has left already, or few have not seen it."))
    said = ngettext("The reminder leaves to %s person.", "The reminder leaves to %s people.", count)
    return _back(circular, said % number_text(count))


def _own(request: StaffRequest, key: str) -> Circular:
    return own_circular(asker_of(request.account, timezone.localdate()), key)


def _back(circular: Circular, said: str) -> HttpResponse:
    return toasts.redirect(reverse("circulars:following", args=[circular.key]), Toast(said))


def _shown(request: StaffRequest, template: str, context: dict[str, object]) -> HttpResponse:
    toast = toasts.read(request)
    response = render(request, template, {**context, "toast": toast})
    if toast:
        toasts.forget(response)
    return response

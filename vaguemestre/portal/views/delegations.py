"""DELEG-CE: what a head lends to the colleagues of an establishment."""

from datetime import datetime

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.people.models import School
from vaguemestre.people.namesakes import tell_apart
from vaguemestre.portal.arena import until_text
from vaguemestre.portal.delegation_form import DelegationForm
from vaguemestre.portal.page_messages import render_with_message
from vaguemestre.portal.views.maintenance import fresh
from vaguemestre.sso import audience
from vaguemestre.sso.access import delegation_for
from vaguemestre.sso.arena import delegations
from vaguemestre.sso.arena.delegations import DelegationRefusedError
from vaguemestre.web.toasts import Toast, say


@require_safe
@signed_in
def page(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    place, places = _place(request, request.GET.get("uai", ""), now)
    return _screen(request, _form(request, place, now), place, places, now)


@require_POST
@signed_in
@fresh(gettext_lazy("Delegate an application"))
def giving(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    place, places = _place(request, request.POST.get("uai", ""), now)
    form = _form(request, place, now)
    if form.is_valid():
        receiver, application, ends = form.chosen()
        try:
            delegations.delegate(request.account, receiver, application, place, ends=ends, now=now)
        except DelegationRefusedError as refused:
            form.add_error(None, str(refused))
        else:
            words = {"application": application.name, "name": _distinct(receiver), "until": until_text(ends)}
            return _done(_("%(application)s is delegated to %(name)s until %(until)s.") % words, place)
    return _screen(request, form, place, places, now, status=422)


@require_POST
@signed_in
def taking_back(request: StaffRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    prefetch_related_objects([request.account.person], "postings__school")
    delegation = delegation_for(request.account, pk, now)
    delegations.withdraw_delegation(delegation, by=request.account, now=now)
    words = {"application": delegation.application.name, "name": _distinct(delegation.receiver)}
    said = _("%(application)s is no longer delegated to %(name)s.") % words
    return _done(said, School(uai=delegation.uai))


def _place(request: StaffRequest, wanted: str, now: datetime) -> tuple[School, list[School]]:
    """Of those that this person heads; for anybody else there is no such page."""
    prefetch_related_objects([request.account.person], "postings__school")
    places = delegations.places_headed(request.account, timezone.localdate(now))
    place = next((place for place in places if wanted in ("", place.uai)), None)
    if place is None:
        raise Http404("head of an establishment")
    return place, places


def _form(request: StaffRequest, place: School, now: datetime) -> DelegationForm:
    mine = [one for one in audience.seen_by(request.account, now) if one.delegable]
    people = list(delegations.colleagues(place.uai, request.account, timezone.localdate(now)))
    return DelegationForm(request.POST or None, applications=mine, people=people, today=timezone.localdate(now))


def _screen(
    request: StaffRequest, form: DelegationForm, place: School, places: list[School], now: datetime, *,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    found = list(delegations.delegations_at([place], now))
    tell_apart(account.person for one in found for account in (one.receiver, one.giver))
    lent = [(one, until_text(one.ends)) for one in found]
    context = {"section": "delegations", "form": form, "place": place, "places": places, "lent": lent}
    return render_with_message(request, "portal/delegations.html", context, status=status)


def _done(said: str, place: School) -> HttpResponse:
    response = HttpResponseRedirect(reverse("portal:delegations", query={"uai": place.uai}))
    say(response, Toast(said))
    return response


def _distinct(account: Account) -> str:
    tell_apart([account.person])
    return account.person.distinct_name

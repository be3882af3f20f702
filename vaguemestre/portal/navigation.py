"""The rooms of everybody that have their pages here, and the administrators' own."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles.role_lookup import fetch_postings, heads_a_place, is_administrator
from vaguemestre.lists.switch import lists_are_on
from vaguemestre.people.namesakes import tell_apart
from vaguemestre.sso.arena import delegations
from vaguemestre.web.date_text import full_date
from vaguemestre.web.navigation import PendingDecision, Room, RoomPage

ENDS_SOON = timedelta(days=7)


def home_room(request: HttpRequest) -> Room:
    sections = ("intranet", "account", "decisions", "programs", "help")
    return Room("home", gettext_lazy("Home"), "portal:home", sections, lambda: _home_pages(_staff(request)))


def arena_room(request: HttpRequest) -> Room:
    return Room("arena", "ARENA", "portal:arena", ("delegations",), lambda: _arena_pages(_staff(request)))


def operations_room(request: HttpRequest) -> Room | None:
    if not is_administrator(_staff(request)):
        return None
    sections = ("maintenance", "withdrawals", "suspects", "registry", "services", "approvers")
    name, role = gettext_lazy("Operations"), gettext_lazy("Administration")
    return Room("operations", name, "portal:maintenance", sections, _operations_pages, role)


def ending_delegations(request: HttpRequest) -> Iterator[PendingDecision]:
    """What a head has lent and ends within the week: prolonged or not."""
    account, now = _staff(request).account, timezone.now()
    fetch_postings(account)
    places = delegations.places_headed(account, timezone.localdate(now))
    soon = list(delegations.delegations_at(places, now).filter(ends__lte=now + ENDS_SOON)) if places else []
    tell_apart(one.receiver.person for one in soon)
    for one in soon:
        day = full_date(timezone.localdate(one.ends))
        words = {"application": one.application.name, "name": one.receiver.person.distinct_name, "day": day}
        sentence = _("%(application)s is lent to %(name)s until %(day)s.") % words
        url = reverse("portal:delegations", query={"uai": one.uai})
        yield PendingDecision(sentence, gettext_lazy("Prolong or let it end"), url)


def _home_pages(request: StaffRequest) -> Iterable[RoomPage]:
    yield RoomPage("home", gettext_lazy("What opens to me"), "portal:home")
    yield RoomPage("intranet", gettext_lazy("Intranet, Référentiel et Outils"), "portal:tools")
    if heads_a_place(request.account):
        yield RoomPage("decisions", gettext_lazy("To decide"), "accounts:otp-decisions")
    yield RoomPage("account", gettext_lazy("My account"), "accounts:account")
    yield RoomPage("programs", gettext_lazy("Thunderbird, telephone"), "clients:programs")
    yield RoomPage("help", gettext_lazy("Help and phone numbers"), "portal:help")


def _arena_pages(request: StaffRequest) -> Iterable[RoomPage]:
    yield RoomPage("arena", gettext_lazy("My applications"), "portal:arena")
    fetch_postings(request.account)
    if delegations.places_headed(request.account, timezone.localdate()):
        yield RoomPage("delegations", gettext_lazy("Delegations"), "portal:delegations")


def _operations_pages() -> Iterable[RoomPage]:
    yield RoomPage("maintenance", gettext_lazy("Maintenance"), "portal:maintenance")
    yield RoomPage("withdrawals", gettext_lazy("Dangerous messages"), "withdrawals:withdrawals")
    yield RoomPage("suspects", gettext_lazy("Suspicious links"), "webmail:suspects")
    yield RoomPage("services", gettext_lazy("Mailboxes of services"), "shared_mailboxes:services")
    if lists_are_on():
        yield RoomPage("approvers", gettext_lazy("Approval of mailings"), "lists:approvers")
    yield RoomPage("registry", gettext_lazy("Registry of applications"), "portal:registry")


def _staff(request: HttpRequest) -> StaffRequest:
    return cast(StaffRequest, request)

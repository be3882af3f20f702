"""The list, and one card beside it."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts import avatars, unknown_properties
from vaguemestre.contacts.access import contact_for
from vaguemestre.contacts.book import parse_position, shown_name
from vaguemestre.contacts.views.page import show_desk


@require_safe
@signed_in
def book(request: StaffRequest) -> HttpResponse:
    return show_desk(request, parse_position(request.GET))


@require_safe
@signed_in
def card(request: StaffRequest, number: int) -> HttpResponse:
    contact = contact_for(request.account, number)
    addresses = [one.address for one in contact.addresses.all()]
    facts, silent = unknown_properties.property_facts(contact.extra)
    name = shown_name(contact, addresses)
    shown = {
        "contact": contact, "name": name, "initials": avatars.initials(name),
        "css": avatars.avatar_class(addresses[0] if addresses else ""), "facts": facts, "silent": silent,
        "units": ", ".join(contact.units), "own_groups": [group.pk for group in contact.groups.all()],
    }  # fmt: skip
    return show_desk(request, parse_position(request.GET), "contacts/card.html", shown, number=contact.pk)

"""Cards made, changed, taken away."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts import address_normalisation, cards, forms, lookup, undo
from vaguemestre.contacts.access import chosen, contact_for
from vaguemestre.contacts.book import ListPosition, parse_position
from vaguemestre.contacts.cards import Card, CardLine, card_of
from vaguemestre.contacts.forms import TypedCard
from vaguemestre.contacts.models import Contact, Group
from vaguemestre.contacts.views.page import said, show_desk, way_back
from vaguemestre.web.number_text import number_text


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: StaffRequest) -> HttpResponse:
    place = parse_position(request.GET)
    if request.method != "POST":
        return _form(request, TypedCard(Card()), place)
    found = forms.parse_card_form(request.POST, None)
    if "plus" in request.POST:
        return _form(request, _longer(found), place)
    if found.problems:
        return _form(request, found, place, status=422)
    try:
        contact = cards.add_contact(request.account, found.card, now=timezone.now())
    except cards.BookFullError as full:
        found.problems["prenom"] = str(full)
        return _form(request, found, place, status=422)
    return said(place.card_url(contact.pk), _("Contact kept"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: StaffRequest, number: int) -> HttpResponse:
    """Of two windows, the second to save is shown that it would undo the first."""
    contact, place = contact_for(request.account, number), parse_position(request.GET)
    if request.method != "POST":
        return _form(request, TypedCard(card_of(contact), contact.revision), place, contact)
    found = forms.parse_card_form(request.POST, card_of(contact))
    if "plus" in request.POST:
        return _form(request, _longer(found), place, contact)
    if found.problems:
        return _form(request, found, place, contact, status=422)
    try:
        cards.change_contact(contact, found.card, seen=found.revision, now=timezone.now())
    except cards.ChangedMeanwhileError:
        found.revision = contact_for(request.account, number).revision
        return _form(request, found, place, contact, elsewhere=True, status=422)
    return said(place.card_url(contact.pk), _("Contact changed"))


@require_POST
@signed_in
def removal(request: StaffRequest) -> HttpResponse:
    contacts = chosen(request)
    if not contacts:
        return redirect(way_back(request))
    word = undo.undo_removed_contacts(request.account, contacts, now=timezone.now())
    count = len(contacts)
    words = ngettext("%s contact deleted", "%s contacts deleted", count) % number_text(count)
    return said(way_back(request), words, word)


@require_POST
@signed_in
def addition(request: StaffRequest) -> HttpResponse:
    """A sender kept from the reader: one press, and it can be undone."""
    now, name = timezone.now(), " ".join(request.POST.get("nom", "").split())
    address = address_normalisation.normalise_address(request.POST.get("adresse", ""))
    if address is None:
        return said(way_back(request), _("This sender has no address that could be kept."))
    if lookup.has_card(request.account, address):
        return said(way_back(request), _("This address is among your contacts already."))
    try:
        made = cards.add_contact(request.account, named(name, address), now=now)
    except cards.BookFullError as full:
        return said(way_back(request), str(full))
    word = undo.remember_act(request.account, now=now, made=[made.pk])
    return said(way_back(request), _("%s is among your contacts") % made, word)


def named(name: str, address: str) -> Card:
    """Of a sender only the whole name is known; which part of it is the family's is not for us to say."""
    shown = "" if address_normalisation.normalise_address(name) else name.strip("\"' ")[:200]
    return Card(display=shown or address.partition("@")[0], addresses=(CardLine(address),))


def _longer(found: TypedCard) -> TypedCard:
    return TypedCard(found.card, found.revision, blank=forms.BLANK + 2)


def _form(
    request: StaffRequest, found: TypedCard, place: ListPosition, contact: Contact | None = None, *,
    elsewhere: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    back = place.card_url(contact.pk) if contact else place.url
    names = {group.name for group in Group.objects.filter(account=request.account)} | set(found.card.groups)
    action = reverse("contacts:change", args=[contact.pk]) if contact else reverse("contacts:new")
    context = {
        "typed": found, "contact": contact, "back": back, "elsewhere": elsewhere, "action": f"{action}{place.query}",
        "group_names": [(name, name in found.card.groups) for name in sorted(names, key=str.casefold)],
        "mail_kinds": [(kind.value, kind.label) for kind in forms.MAIL_KINDS],
        "number_kinds": [(kind.value, kind.label) for kind in forms.NUMBER_KINDS],
        "new_in": place.group,
    }  # fmt: skip
    return show_desk(
        request, place, "contacts/form.html", context, number=contact.pk if contact else None, status=status
    )

"""Cards that seem to be about one person: the offers, and what would become of them."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts import duplicates as contact_duplicates
from vaguemestre.contacts.access import chosen, contacts_by_number
from vaguemestre.contacts.book import ListPosition
from vaguemestre.contacts.cards import card_of
from vaguemestre.contacts.views.page import said, show_sheet
from vaguemestre.web.htmx import go_to, is_htmx

OFFERED = 30  # on one page; the others come when these are settled


@require_safe
@signed_in
def duplicates(request: StaffRequest) -> HttpResponse:
    found = contact_duplicates.find_duplicates(request.account)
    shown = found[:OFFERED]
    cards = contacts_by_number(request.account, [number for one in shown for number in one])
    sets = [[cards[number] for number in one if number in cards] for one in shown]
    context = {"sets": [one for one in sets if len(one) > 1], "more": max(0, len(found) - OFFERED)}
    return show_sheet(request, "duplicates", context, at="duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def merge(request: StaffRequest) -> HttpResponse:
    """Asked by GET what would come of it. The list's own form, which bears more than an address may, is led there."""
    contacts = chosen(request)
    if len(contacts) < 2:
        return said(ListPosition().url, _("To merge, choose at least two contacts."))
    if len(contacts) > contact_duplicates.MOST_TOGETHER:
        return said(ListPosition().url, _("Merge at most eight contacts at a time."))
    ordered = contact_duplicates.merge_order(contacts)
    if request.method == "POST" and "accord" not in request.POST:
        numbers = urlencode([("choix", one.pk) for one in ordered])
        preview = f"{reverse('contacts:merge')}?{numbers}"
        return go_to(preview) if is_htmx(request) else redirect(preview)
    if request.method != "POST":
        card = contact_duplicates.merged_card([card_of(one) for one in ordered])
        context = {"contacts": ordered, "card": card, "back": request.GET.get("retour", "")}
        return show_sheet(request, "merge", context, at="duplicates")
    word = contact_duplicates.merge_contacts(ordered, now=timezone.now())
    if request.POST.get("suite") == "doublons":
        return said(redirect("contacts:duplicates").url, _("Contacts merged"), word)
    return said(ListPosition().card_url(ordered[0].pk), _("Contacts merged"), word)

"""The list of the settings, their first visit, and the sentence that Mon compte shows."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.preferences import authority_defaults, summary
from vaguemestre.webmail.preferences.summary import SettingsSummary
from vaguemestre.webmail.settings_pages import search_index, summary_text
from vaguemestre.webmail.settings_pages.page import ORDER, grouped_entries, render_settings, settings_entries


@require_safe
@with_mailbox
def home(request: StaffRequest) -> HttpResponse:
    """All the settings by groups; `q`: those that it names, which a page that is open asks for as one types."""
    typed = request.GET.get("q", "")[: search_index.LONGEST]
    stands = summary.load_settings_summary(request.account, timezone.now())
    listed = settings_entries(stands)
    *groups, rare = grouped_entries(listed)
    context = {
        "groups": groups, "rare": rare.places, "rare_open": _is_used(stands), "uses_keys": stands.display.uses_keys,
        "typed": typed, "found": search_index.search_settings(typed, listed),
    }  # fmt: skip
    if is_htmx(request):
        return render(request, "webmail/settings_pages/search_results.html", context)
    return render_settings(request, "home", context)


@require_safe
@with_mailbox
def welcome(_request: StaffRequest) -> HttpResponse:
    """From the first sign-in: one page after the other, then back to it."""
    return HttpResponseRedirect(f"{reverse(f'webmail:{ORDER[0]}')}?premiere=1")


@require_safe
@with_mailbox
def tile(request: StaffRequest) -> HttpResponse:
    """A fragment for another room's page."""
    now = timezone.now()
    return render(
        request,
        "webmail/settings_pages/tile.html",
        {"said": summary_text.summary_sentence(summary.load_settings_summary(request.account, now), now)},
    )


def _is_used(stands: SettingsSummary) -> bool:
    """Something of what is folded is in force by choice or by the authority."""
    return stands.writes_otherwise or authority_defaults.has_defaults(
        asks_receipts=stands.asks_receipts, answers_receipts=stands.answers_receipts,
        contact_images=stands.contact_images, uses_keys=stands.display.uses_keys,
    )  # fmt: skip

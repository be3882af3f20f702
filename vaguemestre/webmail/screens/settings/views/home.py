"""The list of the settings, their first visit, and the sentence that Mon compte shows."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.preferences import summary
from vaguemestre.webmail.rules import absence_reply
from vaguemestre.webmail.screens.settings.views.display import text_sizes
from vaguemestre.webmail.screens.settings_pages import summary_text
from vaguemestre.webmail.screens.settings_pages.entries import group_entries, load_counts
from vaguemestre.webmail.screens.settings_pages.page import ORDER, render_settings


@require_safe
@with_mailbox
def home(request: MailboxRequest) -> HttpResponse:
    """What is asked for most, then all of them by groups; `groupe`: one group alone, as the column leads to it."""
    now, access = timezone.now(), request.mailbox
    stands = summary.summary_of_mailbox(access, now)
    groups = group_entries(access, stands, load_counts(access.mailbox, now), now)
    wanted = request.GET.get("groupe", "")
    alone = [one for one in groups if one[0].id == wanted]
    context = {
        "groups": alone or groups, "group": alone[0][0] if alone else None, "sizes": text_sizes(),
        "absence": summary_text.absence_words(stands, now), "absent": stands.ends is not None,
        "decides": access.may_open("absence"),
        "signature": summary_text.signature_words(stands, shared=not access.is_own),
        "holidays": next(iter(absence_reply.holiday_presets(timezone.localdate(now))), None),
    }  # fmt: skip
    return render_settings(request, "home", context, found=stands)


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

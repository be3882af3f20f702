"""The keys: what each does, and the switch for whoever does not want them."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.preferences import authority_defaults, lookup
from vaguemestre.webmail.screens.settings_pages import shortcuts

WORDS = {"oui": True, "non": False}


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def keyboard(request: StaffRequest) -> HttpResponse:
    """A page of its own; over the page that asks by htmx, which continues under it."""
    if request.method == "POST":
        if (wanted := WORDS.get(request.POST.get("touches", ""))) is not None:
            authority_defaults.save_choices(request.account, timezone.now(), uses_keys=wanted)
        if not is_htmx(request):
            return HttpResponseRedirect(reverse("webmail:keyboard"))
    context = {
        "main": shortcuts.MAIN, "groups": shortcuts.GROUPS, "used": lookup.load_preferences(request.account).uses_keys,
        "why": authority_defaults.locks().get("uses_keys", ""), "pressed": request.method == "POST",
        "over": is_htmx(request),
    }  # fmt: skip
    part = "" if not context["over"] else "#switch" if request.method == "POST" else "#sheet"
    return render(request, f"webmail/settings_pages/keyboard.html{part}", context)

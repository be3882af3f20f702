"""The keys: what each does, and the switch for whoever does not want them."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.preferences import authority_defaults, lookup
from vaguemestre.webmail.settings_pages import shortcuts

WORDS = {"oui": True, "non": False}


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def keyboard(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        if (wanted := WORDS.get(request.POST.get("touches", ""))) is not None:
            authority_defaults.save_choices(request.account, timezone.now(), uses_keys=wanted)
        return HttpResponseRedirect(reverse("webmail:keyboard"))
    context = {
        "groups": shortcuts.GROUPS, "used": lookup.load_preferences(request.account).uses_keys,
        "why": authority_defaults.locks().get("uses_keys", ""),
    }  # fmt: skip
    return render(request, "webmail/settings_pages/keyboard.html", context)

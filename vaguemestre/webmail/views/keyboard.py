"""The keys: what each does, and the switch for whoever does not want them."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail import preferences, presets, shortcuts

WORDS = {"oui": True, "non": False}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def keyboard(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        if (wanted := WORDS.get(request.POST.get("touches", ""))) is not None:
            presets.choose(request.account, timezone.now(), uses_keys=wanted)
        return HttpResponseRedirect(reverse("webmail:keyboard"))
    context = {
        "groups": shortcuts.GROUPS, "used": preferences.of(request.account).uses_keys,
        "why": presets.locks().get("uses_keys", ""),
    }  # fmt: skip
    return render(request, "webmail/keyboard.html", context)

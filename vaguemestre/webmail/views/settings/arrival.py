from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail import presets, standing
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.views.settings.page import saved, show

Notifying = Preferences.Notifying


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def arrival(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        word = request.POST.get("annonce", "")
        chosen = {
            "notifies": word if word in Notifying.values else Notifying.NOTHING,
            "counts_in_title": request.POST.get("titre") == "1",
        }
        presets.choose(request.account, now, **chosen)
        return saved(request, "arrival", _("Choice saved"))
    found = standing.of(request.account, now)
    notices = [
        (Notifying.NOTHING, _("Show nothing")),
        (Notifying.ARRIVAL, _("Say only that a message has come")),
        (Notifying.WORDS, _("Show who writes, and the subject")),
    ]
    context = {"notices": notices, "notifies": found.notifies, "counts": found.counts_in_title}
    context["fixed"] = presets.fixed("notifies", "counts_in_title")
    return show(request, "arrival", context)

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail import presets, standing
from vaguemestre.webmail.views import sending as acts
from vaguemestre.webmail.views.settings.page import saved, show

CHOICES = (0, *acts.SECONDS)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sending(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        wanted = request.POST.get("secondes", "")
        if wanted in map(str, CHOICES):
            presets.choose(request.account, now, undo_seconds=int(wanted))
        return saved(request, "sending", _("Choice saved"))
    chosen = standing.of(request.account, now).undo_seconds
    choices = [(one, _in_words(one)) for one in CHOICES]
    return show(request, "sending", {"choices": choices, "chosen": chosen, "fixed": presets.fixed("undo_seconds")})


def _in_words(seconds: int) -> str:
    return ngettext("%s second", "%s seconds", seconds) % seconds if seconds else _("No time: it leaves at once")

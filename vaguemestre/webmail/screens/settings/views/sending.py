from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.outbox import undo_delay
from vaguemestre.webmail.preferences import authority_defaults, summary
from vaguemestre.webmail.screens.settings_pages.page import render_settings, saved_response

CHOICES = (0, *undo_delay.SECONDS)


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def sending(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        if wanted := _wanted(request.POST):
            authority_defaults.save_choices(request.account, now, **wanted)
        return saved_response(request, "sending", _("Choice saved"))
    stands = summary.load_settings_summary(request.account, now)
    choices = [(one, _in_words(one)) for one in CHOICES]
    fixed = authority_defaults.are_all_fixed("undo_seconds", "answers_below", "quotes")
    return render_settings(
        request, "sending", {"choices": choices, "chosen": stands.undo_seconds, "stands": stands, "fixed": fixed}
    )


def _wanted(data: QueryDict) -> dict[str, object]:
    """What is not asked for, or makes no sense, stays as it is."""
    wanted: dict[str, object] = {}
    seconds = data.get("secondes", "")
    if seconds in map(str, CHOICES):
        wanted["undo_seconds"] = int(seconds)
    if data.get("place") in {"dessus", "dessous"}:
        wanted |= {"answers_below": data["place"] == "dessous", "quotes": "citation" in data}
    return wanted


def _in_words(seconds: int) -> str:
    return ngettext("%s second", "%s seconds", seconds) % seconds if seconds else _("No time: it leaves at once")

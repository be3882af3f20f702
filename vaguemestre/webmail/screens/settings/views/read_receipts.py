from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail.mailbox_access import with_mailbox
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.preferences import authority_defaults, summary
from vaguemestre.webmail.screens.settings_pages.page import render_settings, saved_response


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def receipts(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        answer = request.POST.get("repondre", "")
        chosen = {
            "asks_receipts": request.POST.get("demander") == "1",
            "answers_receipts": answer if answer in Preferences.Answering.values else Preferences.Answering.ASK,
        }
        authority_defaults.save_choices(request.account, now, **chosen)
        return saved_response(request, "receipts", _("Choice saved"))
    found = summary.load_settings_summary(request.account, now)
    answers = [
        (Preferences.Answering.ASK, _("Ask me each time")),
        (Preferences.Answering.NEVER, _("Never send one")),
        (Preferences.Answering.INSIDE, _("Send it by itself to colleagues, ask me for the others")),
        (Preferences.Answering.ALWAYS, _("Send it by itself")),
    ]
    context = {"asks": found.asks_receipts, "answer": found.answers_receipts, "answers": answers}
    context["fixed"] = authority_defaults.are_all_fixed("asks_receipts", "answers_receipts")
    return render_settings(request, "receipts", context)

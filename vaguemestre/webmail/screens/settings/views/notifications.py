from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.messages import Folder
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.preferences import authority_defaults, summary
from vaguemestre.webmail.screens.panes.new_mail import FOLDERS
from vaguemestre.webmail.screens.settings_pages.page import render_settings, saved_response

Notifying = Preferences.Notifying


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def arrival(request: MailboxRequest) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        word = request.POST.get("annonce", "")
        chosen: dict[str, object] = {
            "notifies": word if word in Notifying.values else Notifying.NOTHING,
            "counts_in_title": request.POST.get("titre") == "1",
            "sounds": request.POST.get("son") == "1",
        }
        if "dossiers" in request.POST:  # they were offered
            wanted = request.POST.getlist("dossier")
            chosen["notifies_in"] = [str(one.id) for one in _offered(request) if one.id in wanted][:FOLDERS]
        authority_defaults.save_choices(request.account, now, **chosen)
        return saved_response(request, "arrival", _("Choice saved"))
    found = summary.load_settings_summary(request.account, now)
    notices = [
        (Notifying.NOTHING, _("Show nothing")),
        (Notifying.ARRIVAL, _("Say only that a message has come")),
        (Notifying.WORDS, _("Show who writes, and the subject")),
    ]
    folders = [(one.id, lookup.path_text(one), one.id in found.notifies_in) for one in _offered(request)]
    context = {
        "notices": notices, "notifies": found.notifies, "counts": found.counts_in_title, "sounds": found.sounds,
        "folders": folders, "advanced": any(chosen for _id, _label, chosen in folders),
        "fixed": authority_defaults.are_all_fixed("notifies", "counts_in_title", "sounds"), "most": FOLDERS,
    }  # fmt: skip
    return render_settings(request, "arrival", context)


def _offered(request: MailboxRequest) -> list[Folder]:
    """One's own folders, where filters put mail. None while the mailbox does not answer: the rest can be chosen."""
    try:
        with open_mailbox(request.mailbox) as session:
            return [one for one in session.folders() if one.id and not one.role]
    except MailboxError:
        return []

"""« Votre dossier », a line of it that is said to be wrong, and « Votre correspondant »."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vaguemestre.career import career_text, topics
from vaguemestre.career.attached_files import FileRefused
from vaguemestre.career.career_file import Dossier, dossier_of
from vaguemestre.career.decorators import inside
from vaguemestre.career.forms import Report
from vaguemestre.career.hr_contact import correspondent_of
from vaguemestre.career.request import CareerRequest
from vaguemestre.career.topics import TooMany
from vaguemestre.career.views.topics import files_of, refused


@require_safe
@inside
def dossier(request: CareerRequest) -> HttpResponse:
    now = timezone.now()
    found = dossier_of(request.account.person, timezone.localdate(now))
    context = {
        **shown(found),
        "heading": "dossier",
        "unread": topics.unread(request.account),
        "correspondent": correspondent_of(request.account.person, now),
    }
    return render(request, "career/dossier.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def report(request: CareerRequest, line: str) -> HttpResponse:
    """A message to the HR office, with the line as the file has it: what is quoted is read here, not sent along."""
    now = timezone.now()
    quoted = dossier_of(request.account.person, timezone.localdate(now)).line(line)
    if quoted is None:
        raise Http404("career")
    form = Report(request.POST if request.method == "POST" else None)
    context = {"heading": "dossier", "unread": topics.unread(request.account), "line": quoted, "form": form}
    if request.method != "POST":
        return render(request, "career/report.html", context)
    if not form.is_valid():
        return render(request, "career/report.html", context, status=422)
    subject = _("Error in the file: %(line)s") % {"line": quoted.label}
    try:
        thread = topics.open_thread(
            request.account, subject[:120], form.cleaned_data["text"], files_of(request),
            quoted=quoted.quoted[:300], now=now,
        )  # fmt: skip
    except (FileRefused, TooMany) as failed:
        return render(request, "career/report.html", {**context, "refused": refused(failed)}, status=422)
    return redirect("career:thread", key=thread.pk)


@require_safe
@inside
def correspondent(request: CareerRequest) -> HttpResponse:
    context = {
        "heading": "correspondent",
        "unread": topics.unread(request.account),
        "correspondent": correspondent_of(request.account.person, timezone.now()),
    }
    return render(request, "career/correspondent.html", context)


def shown(found: Dossier) -> dict[str, object]:
    """The dossier and its sentences, for the person's page and the officer's."""
    prospect = found.prospect
    return {
        "dossier": found,
        "standing": career_text.standing(prospect),
        "coming": career_text.coming(prospect),
        "possibility": career_text.possibility(prospect.next if prospect else None),
    }

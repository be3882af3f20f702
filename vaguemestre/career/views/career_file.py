"""« Votre dossier », a line of it that is said to be wrong, and « Votre correspondant »."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vaguemestre.career.decorators import career_session_required
from vaguemestre.career.file import career_text
from vaguemestre.career.file.career_file import CareerFile, career_file_of
from vaguemestre.career.forms import Report
from vaguemestre.career.hr_office import topics
from vaguemestre.career.hr_office.attached_files import FileRefusedError
from vaguemestre.career.hr_office.hr_contact import hr_contact_of
from vaguemestre.career.hr_office.topics import TooManyTopicsError
from vaguemestre.career.request import CareerRequest
from vaguemestre.career.views.topics import files_of, refused


@require_safe
@career_session_required
def dossier(request: CareerRequest) -> HttpResponse:
    now = timezone.now()
    found = career_file_of(request.account.person, timezone.localdate(now))
    context = {
        **shown(found),
        "heading": "dossier",
        "correspondent": hr_contact_of(request.account.person, now),
    }
    return render(request, "career/dossier.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@career_session_required
def report(request: CareerRequest, line: str) -> HttpResponse:
    """A message to the HR office, with the line as the file has it: what is quoted is read here, not sent along."""
    now = timezone.now()
    quoted = career_file_of(request.account.person, timezone.localdate(now)).line(line)
    if quoted is None:
        raise Http404("career")
    form = Report(request.POST if request.method == "POST" else None)
    context = {"heading": "dossier", "line": quoted, "form": form}
    if request.method != "POST":
        return render(request, "career/report.html", context)
    if not form.is_valid():
        return render(request, "career/report.html", context, status=422)
    subject = _("Error in the file: %(line)s") % {"line": quoted.label}
    try:
        thread = topics.open_topic(
            request.account, subject[:120], form.cleaned_data["text"], files_of(request),
            quoted=quoted.quoted[:300], now=now,
        )  # fmt: skip
    except (FileRefusedError, TooManyTopicsError) as failed:
        return render(request, "career/report.html", {**context, "refused": refused(failed)}, status=422)
    return redirect("career:thread", key=thread.pk)


@require_safe
@career_session_required
def correspondent(request: CareerRequest) -> HttpResponse:
    context = {
        "heading": "correspondent",
        "correspondent": hr_contact_of(request.account.person, timezone.now()),
    }
    return render(request, "career/correspondent.html", context)


def shown(found: CareerFile) -> dict[str, object]:
    """The dossier and its sentences, for the person's page and the officer's."""
    prospect = found.prospect
    return {
        "dossier": found,
        "standing": career_text.standing_text(prospect),
        "coming": career_text.coming_text(prospect),
        "possibility": career_text.possibility_text(prospect.next if prospect else None),
    }

"""« Votre courrier », as the person sees it; and files, for either side."""

from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.audit import journal
from vaguemestre.career import access
from vaguemestre.career.decorators import career_session_required, officers_only
from vaguemestre.career.forms import Subject, Words
from vaguemestre.career.hr_office import attached_files, topics
from vaguemestre.career.hr_office.attached_files import FileRefusedError, Judged
from vaguemestre.career.hr_office.hr_contact import hr_contact_of
from vaguemestre.career.hr_office.topics import TooManyTopicsError
from vaguemestre.career.models import Topic
from vaguemestre.career.request import CareerRequest, OfficerRequest

A_PAGE = 30


@require_safe
@career_session_required
def threads(request: CareerRequest) -> HttpResponse:
    found = access.own_topics(request.account).order_by("-last_at", "pk")
    part = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"heading": "exchange", "found": part, "fresh": topics.unread_among(part)}
    return render(request, "career/threads.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@career_session_required
def new(request: CareerRequest) -> HttpResponse:
    now = timezone.now()
    form = Subject(request.POST if request.method == "POST" else None)
    context = {
        "heading": "exchange",
        "form": form,
        "correspondent": hr_contact_of(request.account.person, now),
    }
    if request.method != "POST":
        return render(request, "career/new-thread.html", context)
    if not form.is_valid():
        return render(request, "career/new-thread.html", context, status=422)
    words = form.cleaned_data
    try:
        thread = topics.open_topic(request.account, words["subject"], words["text"], files_of(request), now=now)
    except (FileRefusedError, TooManyTopicsError) as failed:
        return render(request, "career/new-thread.html", {**context, "refused": refused(failed)}, status=422)
    return redirect("career:thread", key=thread.pk)


@require_safe
@career_session_required
def thread(request: CareerRequest, key: UUID) -> HttpResponse:
    found = access.own_topic(request.account, key)
    topics.seen_by_person(found)
    return show_thread(request, found, Words())


@require_POST
@career_session_required
def messages(request: CareerRequest, key: UUID) -> HttpResponse:
    found, form = access.own_topic(request.account, key), Words(request.POST)
    if not form.is_valid():
        return show_thread(request, found, form, status=422)
    try:
        topics.write_message(found, form.cleaned_data["text"], files_of(request), now=timezone.now())
    except (FileRefusedError, TooManyTopicsError) as failed:
        return show_thread(request, found, form, refused=refused(failed), status=422)
    return redirect("career:thread", key=found.pk)


@require_safe
@career_session_required
def enclosure(request: CareerRequest, key: UUID) -> HttpResponseBase:
    return attached_files.file_response(access.own_enclosure(request.account, key))


@require_safe
@officers_only
def enclosure_served(request: OfficerRequest, key: UUID) -> HttpResponseBase:
    """The look is written down before the file leaves."""
    found = access.enclosure_served(request.officer, key)
    with transaction.atomic():
        about = found.message.thread.account_id
        journal.record(request.account.key, "career.enclosure-seen", about, enclosure=str(found.key))
    return attached_files.file_response(found)


def show_thread(
    request: CareerRequest, found: Topic, form: Words, *, refused: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "heading": "exchange", "thread": found, "form": form, "refused": refused,
        "messages": found.messages.prefetch_related("enclosures").order_by("pk")
    }  # fmt: skip
    return render(request, "career/thread.html", context, status=status)


def files_of(request: HttpRequest) -> list[Judged]:
    """Raises FileRefusedError."""
    sent = request.FILES.getlist("fichiers")
    return attached_files.judge_files([one for one in sent if isinstance(one, UploadedFile)])


class Refused(str):
    """What happened, then what to do. `files`: it is about them."""

    files = False


def refused(failed: FileRefusedError | TooManyTopicsError) -> Refused:
    if isinstance(failed, FileRefusedError):
        said = Refused(_("%(why)s Your text is kept: choose the files again.") % {"why": failed})
    else:
        said = Refused(_("Too many messages within an hour. Your text is kept: send it a little later."))
    said.files = isinstance(failed, FileRefusedError)
    return said

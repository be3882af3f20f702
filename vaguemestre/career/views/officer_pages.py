"""The HR officer's side: the queue, a subject, and the file of somebody served. Each look is written in the journal."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.audit import journal
from vaguemestre.career import access
from vaguemestre.career.decorators import officers_only
from vaguemestre.career.file.career_file import career_file_of
from vaguemestre.career.forms import Words
from vaguemestre.career.hr_office import topic_queue, topics
from vaguemestre.career.hr_office.attached_files import FileRefusedError
from vaguemestre.career.hr_office.topic_queue import Filters
from vaguemestre.career.hr_office.topics import TooManyTopicsError
from vaguemestre.career.models import Topic
from vaguemestre.career.request import OfficerRequest
from vaguemestre.career.views.career_file import shown
from vaguemestre.career.views.topics import files_of, refused
from vaguemestre.people.namesakes import tell_apart
from vaguemestre.people.offices import office_of


@require_safe
@officers_only
def threads(request: OfficerRequest) -> HttpResponse:
    officer = request.officer
    filters = topic_queue.filters_of(request.GET, officer)
    found = topic_queue.page_of(officer, filters, request.GET.get("page", ""))
    tell_apart(one.account.person for one in found)
    context = {
        "heading": "desk", "filters": filters, "states": Filters.STATES.items(),
        "corps": topic_queue.corps_known(officer), "found": found,
    }  # fmt: skip
    return render(request, "career/desk.html", context)


@require_safe
@officers_only
def thread(request: OfficerRequest, key: UUID) -> HttpResponse:
    found = access.topic_served(request.officer, key)
    topics.seen_by_office(found, request.officer)
    return _show_thread(request, found, Words())


@require_POST
@officers_only
def messages(request: OfficerRequest, key: UUID) -> HttpResponse:
    """An answer; with `fin`, the last one."""
    found, form = access.topic_served(request.officer, key), Words(request.POST)
    if not form.is_valid():
        return _show_thread(request, found, form, status=422)
    try:
        topics.answer_topic(
            found, request.officer, form.cleaned_data["text"], files_of(request), done="fin" in request.POST,
            now=timezone.now(),
        )  # fmt: skip
    except (FileRefusedError, TooManyTopicsError) as failed:
        return _show_thread(request, found, form, refused=refused(failed), status=422)
    return redirect("career:desk-thread", key=found.pk)


@require_POST
@officers_only
def end(request: OfficerRequest, key: UUID) -> HttpResponse:
    return _mark(request, key, done=True)


@require_POST
@officers_only
def end_removal(request: OfficerRequest, key: UUID) -> HttpResponse:
    return _mark(request, key, done=False)


@require_safe
@officers_only
def dossier(request: OfficerRequest, key: str) -> HttpResponse:
    account, now = access.account_served(request.officer, key), timezone.now()
    with transaction.atomic():
        journal.record(request.account.key, "career.file-seen", account.key)
    context = {"heading": "desk", "served": account, **shown(career_file_of(account.person, timezone.localdate(now)))}
    return render(request, "career/desk-dossier.html", context)


def _mark(request: OfficerRequest, key: UUID, *, done: bool) -> HttpResponse:
    found = access.topic_served(request.officer, key)
    topics.mark_done(found, request.officer, done=done, now=timezone.now())
    return redirect(reverse("career:desk-thread", args=[found.pk]))


def _show_thread(
    request: OfficerRequest, found: Topic, form: Words, *, refused: str = "", status: int = 200
) -> HttpResponse:
    person = found.account.person
    context = {
        "heading": "desk", "thread": found, "form": form, "refused": refused, "person": person,
        "office": office_of(person), "messages": found.messages.prefetch_related("enclosures").order_by("pk"),
    }  # fmt: skip
    return render(request, "career/desk-thread.html", context, status=status)

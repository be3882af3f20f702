"""I-Prof in the navigation of the whole product, and the HR officers' side of it, where they begin the day."""

from collections.abc import Iterable, Iterator
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, ngettext

from vaguemestre.career.hr_office import topic_queue, topics
from vaguemestre.career.hr_officers import HrOfficer, officer_of
from vaguemestre.career.request import CareerRequest
from vaguemestre.career.requests import queue
from vaguemestre.web.navigation import PendingDecision, Room, RoomPage

PAGES = ("dossier", "cv", "requests", "guides", "exchange", "correspondent")
DESK = ("desk", "desk-requests", "desk-guides")


def career_room(request: HttpRequest) -> Room:
    sections = tuple(f"career-{page}" for page in PAGES)
    return Room("career", "I-Prof", "career:dossier", sections, lambda: _pages(request))


def office_room(request: HttpRequest) -> Room | None:
    officer = _officer(request)
    if officer is None:
        return None
    sections, role = tuple(f"career-{page}" for page in DESK), _("HR office")
    return Room("office", role, "career:desk", sections, lambda: _desk_pages(officer), role, begins=True)


def waiting_work(request: HttpRequest) -> Iterator[PendingDecision]:
    officer = _officer(request)
    if officer is None:
        return
    if count := _letters(officer):
        words = ngettext("%d letter waits for an answer.", "%d letters wait for an answer.", count) % count
        yield PendingDecision(words, _("Answer"), reverse("career:desk"))
    if count := _requests(officer):
        words = ngettext("%d request waits for a decision.", "%d requests wait for a decision.", count) % count
        yield PendingDecision(words, _("Decide"), reverse("career:desk-requests"))


def _officer(request: HttpRequest) -> HrOfficer | None:
    """On this room's pages it is known already. Whoever cannot be one costs no query."""
    if hasattr(request, "officer"):
        return cast(CareerRequest, request).officer
    return officer_of(cast(CareerRequest, request).account, timezone.localdate())


def _pages(request: HttpRequest) -> Iterable[RoomPage]:
    unread = topics.count_unread(cast(CareerRequest, request).account)
    yield RoomPage("career-dossier", _("Your file"), "career:dossier")
    yield RoomPage("career-cv", _("Your CV"), "career:cv")
    yield RoomPage("career-requests", _("Services"), "career:requests")
    yield RoomPage("career-guides", _("Guides"), "career:guides")
    yield RoomPage("career-exchange", _("Your letters"), "career:threads", unread, _("not read"))
    yield RoomPage("career-correspondent", _("Your correspondent"), "career:correspondent")


def _desk_pages(officer: HrOfficer) -> Iterable[RoomPage]:
    yield RoomPage("career-desk", _("Letters to answer"), "career:desk")
    yield RoomPage("career-desk-requests", _("Requests to decide"), "career:desk-requests")
    if officer.departments is None:
        yield RoomPage("career-desk-guides", _("Write the guides"), "career:desk-guides")


def _letters(officer: HrOfficer) -> int:
    return topic_queue.queued_topics(officer, topic_queue.Filters("attente", "", "")).count()


def _requests(officer: HrOfficer) -> int:
    return queue.queued_requests(officer, queue.Filters("a-traiter", "", None, "", "")).count()

"""Lists: those that are saved, and the page on which one is filled in, counted and saved."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.lists.access import Asker, asker_of, own_list, possible_asker, readable_list, where_lists_are_on
from vaguemestre.lists.criteria import sentence
from vaguemestre.lists.list_draft import Draft, find_result, named_lines, new_draft, saved_draft, sent_draft
from vaguemestre.lists.models import SavedList
from vaguemestre.lists.question import QuestionError
from vaguemestre.lists.question_text import perimeter_text, place_names, question_text
from vaguemestre.lists.saved_lists import (
    NameTakenError,
    delete_list,
    list_places,
    offices,
    own_lists,
    save_list,
    saved_question,
    shared_lists,
)
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast


@require_safe
@signed_in
@where_lists_are_on
def lists(request: StaffRequest) -> HttpResponse:
    asker = possible_asker(request.account, timezone.localdate())
    own, shared = list(own_lists(asker.posts)), list(shared_lists(asker.posts))
    names = place_names(list_places([*own, *shared]) | asker.perimeter.places)
    toast = toasts.read(request)
    response = render(
        request,
        "lists/lists.html",
        {
            "own": [(one, question_text(saved_question(one), names)) for one in own],
            "shared": [(one, question_text(saved_question(one), names)) for one in shared],
            "perimeter": perimeter_text(asker.perimeter, names),
            "toast": toast,
            "section": "lists",
        },
    )
    if toast:
        toasts.forget(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@where_lists_are_on
def new_list(request: StaffRequest) -> HttpResponse:
    """A POST counts: names of people are in no address."""
    asker = _asker(request)
    draft = _sent(asker, request, None) if request.method == "POST" else new_draft(asker)
    return _page(request, asker, draft)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@where_lists_are_on
def list_page(request: StaffRequest, number: int) -> HttpResponse:
    asker = _asker(request)
    saved, is_own = readable_list(asker, number)
    if request.method == "POST":
        return _page(request, asker, _sent(asker, request, saved if is_own else None))
    return _page(request, asker, saved_draft(asker, saved, is_own=is_own))


@require_POST
@signed_in
@where_lists_are_on
def saving(request: StaffRequest) -> HttpResponse:
    return _save(request, _asker(request), None)


@require_POST
@signed_in
@where_lists_are_on
def changing(request: StaffRequest, number: int) -> HttpResponse:
    asker = _asker(request)
    return _save(request, asker, own_list(asker, number))


@require_POST
@signed_in
@where_lists_are_on
def deletion(request: StaffRequest, number: int) -> HttpResponse:
    asker = _asker(request)
    saved = own_list(asker, number)
    delete_list(saved, by=request.account)
    return toasts.redirect(reverse("lists:lists"), Toast(_("The list “%s” is deleted.") % saved.name))


def _asker(request: StaffRequest) -> Asker:
    return asker_of(request.account, timezone.localdate())


def _sent(asker: Asker, request: StaffRequest, saved: SavedList | None) -> Draft:
    try:
        return sent_draft(asker, request.POST, saved)
    except QuestionError as error:
        raise BadRequest(str(error)) from error


def _save(request: StaffRequest, asker: Asker, saved: SavedList | None) -> HttpResponse:
    draft, now = _sent(asker, request, saved), timezone.now()
    if not draft.name:
        return _page(request, asker, draft, error=_("Give it a name."))
    if not draft.question.asks_something and not draft.question.added:
        return _page(request, asker, draft, error=_("Choose somebody first: the sentence is still empty."))
    shared = [one for one in offices(saved, asker.posts) if one.uai in draft.shared]
    try:
        kept = save_list(saved, asker.posts[0], request.account, draft.name, draft.question, shared, now=now)
    except NameTakenError:
        return _page(request, asker, draft, error=_("There is a list of this name already."))
    return toasts.redirect(reverse("lists:lists"), Toast(_("The list “%s” is saved.") % kept.name))


def _page(request: StaffRequest, asker: Asker, draft: Draft, *, error: str = "") -> HttpResponse:
    result = find_result(asker, draft, now=timezone.now())
    first, others = sentence(draft.question, asker.perimeter)
    named = named_lines(asker, draft)
    if asker.perimeter.is_home and len(asker.perimeter.places) == 1:
        del named["places"]  # one's own, always
    names = place_names(asker.perimeter.places)
    saved = draft.saved
    context = {
        "draft": draft,
        "result": result,
        "first": first,
        "others": others,
        "unfolded": any(len(one.rows) > 1 for one in others) or any(one.chosen or one.typed for one in named.values()),
        "places": named.get("places"),
        "people": (named["added"], named["removed"]),
        "offices": offices(saved, asker.posts),
        "perimeter": perimeter_text(asker.perimeter, names),
        "here": reverse("lists:list", args=[saved.pk]) if saved else reverse("lists:new"),
        "save": reverse("lists:change", args=[saved.pk]) if saved else reverse("lists:save"),
        "error": error,
        "section": "lists" if saved else "new-list",
    }
    return render(request, "lists/list.html", context, status=422 if error else 429 if result.too_many else 200)

"""Groups: made, named, deleted; people who come in and go out."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts import groups, undo
from vaguemestre.contacts.access import chosen, group_for, group_named
from vaguemestre.contacts.book import ListPosition
from vaguemestre.contacts.groups import GroupRefusedError
from vaguemestre.contacts.models import Group
from vaguemestre.contacts.views.page import said, show_desk, way_back
from vaguemestre.web.number_text import number_text


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: StaffRequest) -> HttpResponse:
    """Also with people who are to be in it: those ticked in the list."""
    people = chosen(request)
    if request.method != "POST" or "nom" not in request.POST:
        return _question(request, people=[one.pk for one in people])
    try:
        group = groups.create_group(request.account, request.POST["nom"])
    except GroupRefusedError as refusal:
        return _question(request, people=[one.pk for one in people], problem=str(refusal))
    groups.add_to_group(group, people)
    return said(ListPosition(group=group.pk).url, _("Group “%s” created") % group.name)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def name(request: StaffRequest, number: int) -> HttpResponse:
    group = group_for(request.account, number)
    if request.method != "POST":
        return _question(request, group)
    try:
        groups.rename_group(group, request.POST.get("nom", ""))
    except GroupRefusedError as refusal:
        return _question(request, group_for(request.account, number), problem=str(refusal))
    return said(ListPosition(group=group.pk).url, _("Group renamed"))


@require_POST
@signed_in
def removal(request: StaffRequest, number: int) -> HttpResponse:
    """Its people stay in the address book."""
    group = group_for(request.account, number)
    word = undo.undo_removed_group(request.account, group, now=timezone.now())
    return said(
        ListPosition().url, _("Group “%s” deleted. Its people are still among your contacts.") % group.name, word
    )


@require_POST
@signed_in
def entry(request: StaffRequest) -> HttpResponse:
    group, people = group_named(request), chosen(request)
    if group is None or not people:
        return redirect(way_back(request))
    now = timezone.now()
    word, count = undo.undo_changed_group(
        request.account, group, now=now, act=lambda: groups.add_to_group(group, people)
    )
    words = ngettext("%(count)s person joined “%(group)s”", "%(count)s people joined “%(group)s”", count)
    return said(way_back(request), words % {"count": number_text(count), "group": group.name}, word if count else "")


@require_POST
@signed_in
def leaving(request: StaffRequest) -> HttpResponse:
    group, people = group_named(request), chosen(request)
    if group is None or not people:
        return redirect(way_back(request))
    now = timezone.now()
    word, count = undo.undo_changed_group(
        request.account, group, now=now, act=lambda: groups.remove_from_group(group, people)
    )
    words = ngettext("%(count)s person left “%(group)s”", "%(count)s people left “%(group)s”", count)
    return said(way_back(request), words % {"count": number_text(count), "group": group.name}, word if count else "")


def _question(
    request: StaffRequest, group: Group | None = None, *, people: list[int] | None = None, problem: str = ""
) -> HttpResponse:
    context = {
        "group": group, "people": people or [], "problem": problem, "longest": groups.LONGEST_NAME,
        "typed": request.POST.get("nom", group.name if group else ""), "back": way_back(request),
    }  # fmt: skip
    place = ListPosition(group=group.pk) if group else ListPosition()
    return show_desk(request, place, "contacts/group.html", context, status=422 if problem else 200)

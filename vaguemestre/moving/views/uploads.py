"""Sending mail that was kept elsewhere, watching it being brought, stopping, going on, taking it back."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.accounts.ports import screen_preferences, settings_entries
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import decorators
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.mailbox.errors import MailboxError, NoSuchFolderError
from vaguemestre.mailbox.values import InvalidValueError, MailboxId
from vaguemestre.moving import (
    completion_mail,
    import_jobs,
    progress_text,
    sync_bookmarks,
    target_folders,
    uploaded_files,
)
from vaguemestre.moving.access import is_under_way, latest_of, own_intake
from vaguemestre.moving.connection import open_mailbox_of
from vaguemestre.moving.uploaded_files import FileRefusedError
from vaguemestre.web import toasts
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.toasts import Toast

NEW = "nouveau"


@require_safe
@signed_in
def moving(request: StaffRequest) -> HttpResponse:
    return show_page(request, progress_text.not_sent_text(request.GET.get("envoi", "")))


@require_safe
def right(request: HttpRequest) -> HttpResponse:
    """What the web server asks before it keeps anything of a file that may be of gigabytes. Not while an import is
    under way: the page shows that one."""
    staff = decorators.staff_request(request)
    root = import_jobs.folder_of("").parent
    known = staff is not None and decorators.stop_response(staff) is None
    allowed = staff is not None and known and uploaded_files.disk_has_room(root) and not is_under_way(staff.account)
    return HttpResponse(status=204 if allowed else 403)


@require_POST
@signed_in
def files(request: StaffRequest) -> HttpResponse:
    if closed := mailbox_closure.reading_closed_text(request.account, timezone.now()):
        return show_page(request, closed, status=403)
    sent = [one for one in request.FILES.getlist("fichiers") if isinstance(one, UploadedFile)]
    if not sent:
        return show_page(request, _("Choose one or more files first."), status=422)
    try:
        import_jobs.begin_import(
            request.account, [one.name or "" for one in sent], lambda: _target(request),
            lambda folder: uploaded_files.store_upload(sent, folder), now=timezone.now(),
        )  # fmt: skip
    except FileRefusedError as refused:
        return show_page(request, progress_text.file_refused_text(refused.name, refused.reason), status=422)
    except InvalidValueError:
        return show_page(request, _("A folder cannot bear this name. Give another one."), status=422, at="nom")
    except NoSuchFolderError:
        return show_page(request, _("This folder is no longer there. Choose another one."), status=422, at="dossier")
    except import_jobs.AlreadyUnderWayError:
        pass  # pressed twice, or in two windows: the page shows the one that is there
    except MailboxError:
        return show_page(request, _("The mailbox does not answer. Send the file again in a moment."), status=503)
    return redirect("moving:moving")


@require_safe
@signed_in
def progress(request: StaffRequest) -> HttpResponse:
    """The part of the page that changes by itself; the page for those without a script."""
    if not is_htmx(request):
        return redirect("moving:moving")
    intake, now = latest_of(request.account), timezone.now()
    told = progress_text.import_progress(intake, now) if intake else None
    if intake and told and told.running:
        completion_mail.note_look(intake, now)
    return render(request, "moving/progress.html", {"told": told, "alone": True})


@require_POST
@signed_in
def stop(request: StaffRequest, key: str) -> HttpResponse:
    import_jobs.stop_import(own_intake(request.account, key), now=timezone.now())
    return redirect("moving:moving")


@require_POST
@signed_in
def resume(request: StaffRequest, key: str) -> HttpResponse:
    import_jobs.resume_import(own_intake(request.account, key))
    return redirect("moving:moving")


@require_POST
@signed_in
def undo(request: StaffRequest, key: str) -> HttpResponse:
    response = redirect("moving:moving")
    if not import_jobs.undo_import(own_intake(request.account, key), now=timezone.now()):
        toasts.say(response, Toast(_("It is too late to take this import back: its messages stay where they are.")))
    return response


def _target(request: StaffRequest) -> tuple[MailboxId, str, bool]:
    with open_mailbox_of(request.account.key) as session:
        key = request.POST.get("dossier", NEW)
        if key == NEW:
            folder, made = target_folders.ensure_named(session, request.POST.get("nom", "").strip())
        else:
            folder, made = target_folders.chosen_folder(session, key), False
    if folder.id is None:
        raise NoSuchFolderError
    return folder.id, target_folders.folder_text(folder), made


def show_page(request: StaffRequest, problem: str = "", *, status: int = 200, at: str = "fichiers") -> HttpResponse:
    """`at`: the field that the problem is about."""
    intake, now = latest_of(request.account), timezone.now()
    trial = intake if intake is not None and intake.state == intake.State.TRIED else None
    told = progress_text.import_progress(intake, now) if intake and trial is None else None
    under_way = intake is not None and intake.state in intake.OPEN
    choices, silent = ([], False) if under_way else _choices(request)
    toast = toasts.read(request)
    context = {
        "server": request.POST.get("serveur", ""), "user": request.POST.get("identifiant", ""),
        "told": told, "trial": trial, "trial_folders": progress_text.folders(trial) if trial else [],
        "read_at": sync_bookmarks.last_read(trial.remote) if trial else None,
        "under_way": under_way, "choices": choices, "silent": silent, "problem": problem, "at": at,
        "new": NEW, "chosen": request.POST.get("dossier", NEW), "name": request.POST.get("nom", _("Imported mail")),
        "limit": progress_text.limit_text(), "room": uploaded_files.disk_has_room(import_jobs.folder_of("").parent),
        "closed": mailbox_closure.reading_closed_text(request.account, now), "toast": toast, "now": now,
        "place": "moving", "places": settings_entries.one()(),
        "display": screen_preferences.one()(request.account), "here": request.path,
    }  # fmt: skip
    response = render(request, "moving/moving.html", context, status=status)
    if toast:
        toasts.forget(response)
    return response


def _choices(request: StaffRequest) -> tuple[list[tuple[str, str]], bool]:
    """The folders of the mailbox, and whether it does not answer: then a new one can be named all the same."""
    try:
        with open_mailbox_of(request.account.key) as session:
            return target_folders.folder_choices(session.folders()), False
    except MailboxError:
        return [], True

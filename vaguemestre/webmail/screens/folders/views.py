"""Folders created, renamed, moved, hidden, deleted. The question takes the reader's place; the list stays in view."""

from collections.abc import Mapping
from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.mailbox.errors import FolderExistsError, MailboxRefusedError, NoSuchFolderError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import JUNK, FolderName
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import lookup, pane, placement, retention
from vaguemestre.webmail.folders.access import folder_named
from vaguemestre.webmail.folders.placement import FolderNameError
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.preferences import summary
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import build_page, folder_url, render_page
from vaguemestre.webmail.screens.settings_pages import page
from vaguemestre.webmail.undo import read_token, undo_token

SALT = "vaguemestre.webmail.folders.undo"


@require_safe
@with_mailbox
@handles_outage
def manage(request: MailboxRequest) -> HttpResponse:
    """All of them, the hidden ones too."""
    with open_mailbox(request.mailbox) as session:
        everything = session.folders()
    chosen = summary.load_settings_summary(request.account, timezone.now())
    shelf = pane.folder_settings_list(everything, chosen)
    return page.render_settings(request, "folders", {"shelf": shelf, "any_hidden": any(one.hidden for one in shelf)})


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def new(request: MailboxRequest) -> HttpResponse:
    """`dossier`: the folder in which it is to be, if any."""
    with open_mailbox(request.mailbox) as session:
        everything = session.folders()
        typed, parent = request.POST.get("nom", ""), request.POST.get("dans", request.GET.get("dossier", ""))
        asked = {"typed": typed, "parent": parent, "places": placement.parent_choices(everything)}
        if request.method != "POST":
            return _question(request, session, None, "new", asked)
        try:
            made = session.create(placement.parse_folder_name(typed, parent, everything))
        except (FolderNameError, FolderExistsError) as refusal:
            return _question(request, session, None, "new", {**asked, "problem": _why(refusal)}, status=422)
    response = HttpResponseRedirect(return_url(request, folder_url(made.id) if made.id else reverse("webmail:folders")))
    toasts.say(response, Toast(_("Folder “%s” created") % made.name.label))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def change(request: MailboxRequest) -> HttpResponse:
    """Another name, another place, or both."""
    with open_mailbox(request.mailbox) as session:
        everything = session.folders()
        folder = folder_named(request, everything)
        typed = request.POST.get("nom", folder.name.label)
        parent = request.POST.get("dans", _parent(folder, everything))
        asked = {"typed": typed, "parent": parent, "places": placement.parent_choices(everything, folder)}
        if request.method != "POST" or folder.role:
            return _question(request, session, folder, "change", asked)
        if request.POST.get("vu") != folder.name:
            now = {"typed": folder.name.label, "parent": _parent(folder, everything), "moved": True}
            return _question(request, session, folder, "change", {**asked, **now}, status=422)
        try:
            name = placement.parse_folder_name(typed, parent, everything, moving=folder)
            session.rename(folder.id or folder.name, name)
        except (FolderNameError, FolderExistsError) as refusal:
            return _question(request, session, folder, "change", {**asked, "problem": _why(refusal)}, status=422)
    response = HttpResponseRedirect(_after(request, folder))
    if name != folder.name:
        said = _("Folder “%s” moved") if name.label == folder.name.label else _("The folder is now called “%s”")
        toasts.say(response, Toast(said % name.label, _undo_word(request, folder, name), undo_at="webmail:folder-undo"))
    return response


@require_safe
@with_mailbox
@handles_outage
def emptying(request: MailboxRequest) -> HttpResponse:
    """The bin or the junk, from the menu of its line: its own page asks."""
    with open_mailbox(request.mailbox) as session:
        folder = folder_named(request, session.folders())
    if folder.id is None or folder.role not in {"trash", "junk"}:
        raise NoSuchFolderError
    return HttpResponseRedirect(reverse("webmail:emptying", args=[folder.id]))


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def removal(request: MailboxRequest) -> HttpResponse:
    """To the bin with all that is inside, and back with one press. From the bin: for good, and the page says so."""
    with open_mailbox(request.mailbox) as session:
        everything = session.folders()
        folder = folder_named(request, everything)
        inside, thrown = lookup.nested_folders(everything)[folder.name], placement.name_in_trash(folder, everything)
        count = sum(one.total for one in (folder, *inside))
        asked = {
            "messages": count,
            "inside": len(inside),
            "for_good": thrown is None,
            "promise": retention.recovery_text(),
        }
        # What is deleted is what was shown: a message more, a folder more, and the question is asked again.
        agreed = request.POST.get("compte") == f"{count} {len(inside)}"
        if request.method != "POST" or folder.role or (thrown is None and not agreed):
            moved = request.method == "POST" and not folder.role
            return _question(
                request, session, folder, "removal", {**asked, "moved": moved}, status=422 if moved else 200
            )
        if thrown is None:
            session.remove_tree(folder.id or folder.name)
        else:
            for one in (folder, *inside):  # what is thrown away from the junk stays held back (`junk_attachments.py`)
                if one.id and one.total and session.lies_in(one.id, "junk"):
                    session.store(one.id, session.matching(one.id).uids, add=[JUNK])
            session.rename(folder.id or folder.name, thrown)
    label = folder.name.label
    if thrown is None:
        toast = Toast(
            (_("Folder “%s” deleted") if retention.recover_days() else _("Folder “%s” deleted for good")) % label
        )
    else:
        word = _undo_word(request, folder, thrown)
        toast = Toast(_("Folder “%s” is in the bin") % label, word, undo_at="webmail:folder-undo")
    response = HttpResponseRedirect(return_url(request, reverse("webmail:home")))
    toasts.say(response, toast)
    return response


@require_POST
@with_mailbox
@handles_outage
def hide(request: MailboxRequest) -> HttpResponse:
    return _show_or_hide(request, shown=False)


@require_POST
@with_mailbox
@handles_outage
def unhide(request: MailboxRequest) -> HttpResponse:
    return _show_or_hide(request, shown=True)


@require_POST
@with_mailbox
@handles_outage
def fold(request: MailboxRequest) -> HttpResponse:
    """What is inside, shown or not; remembered for every screen of this person."""
    now, wanted = timezone.now(), request.POST.get("dossier", "")
    with open_mailbox(request.mailbox) as session:
        folder = folder_named(request, session.folders())
    folded = wanted in summary.load_settings_summary(request.account, now).folded
    placement.save_folder_choice(request.account, "folded", [lookup.folder_key(folder)], on=not folded, now=now)
    return HttpResponseRedirect(return_url(request, reverse("webmail:home")))


@require_POST
@with_mailbox
@handles_outage
def undo(request: MailboxRequest) -> HttpResponse:
    """Where it was, under its name; unless something else was done to it meanwhile."""
    response = HttpResponseRedirect(return_url(request, reverse("webmail:folders")))
    what = read_token(request, salt=SALT)
    identity, was, now = what or ("", "", "")
    with open_mailbox(request.mailbox) as session:
        everything = session.folders() if what else []
        folder = next((one for one in everything if one.name == now and (one.id or "") == identity), None)
        if folder is None or any(one.name == was for one in everything):
            said = _("It is too late to undo this: the folder was changed since.")
        else:
            former = FolderName.existing(was)
            session.rename(folder.id or folder.name, former)
            said = _("Folder “%s” is back in its place") % former.label
    toasts.say(response, Toast(said))
    return response


def _show_or_hide(request: MailboxRequest, *, shown: bool) -> HttpResponse:
    """With all that is inside. Other programs that follow subscriptions do the same."""
    response = HttpResponseRedirect(return_url(request, reverse("webmail:folders")))
    with open_mailbox(request.mailbox) as session:
        everything = session.folders()
        folder = folder_named(request, everything)
        if folder.role:
            toasts.say(response, Toast(_("“%s” stays in view: all programs rely on it.") % lookup.folder_text(folder)))
            return response
        whole = [folder, *lookup.nested_folders(everything)[folder.name]]
        for one in whole:
            if one.id and one.subscribed != shown:
                session.subscribe(one.id, subscribed=shown)
    placement.save_folder_choice(
        request.account, "hidden", map(lookup.folder_key, whole), on=not shown, now=timezone.now()
    )
    said = _("Folder “%s” is shown again") if shown else _("Folder “%s” is hidden. It still receives, and is searched.")
    toasts.say(response, Toast(said % folder.name.label))
    return response


def _question(
    request: MailboxRequest,
    session: Session,
    folder: Folder | None,
    name: str,
    asked: Mapping[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    """Beside the list of the folder in question, or of the inbox for what cannot be opened."""
    inbox = session.by_role("inbox")
    beside = folder.id if folder and folder.id else inbox.id if inbox else None
    if beside is None:
        raise NoSuchFolderError
    shown = build_page(request, session, ListQuery(beside), now=timezone.now())
    more = {
        "question": f"webmail/folders/{name}.html",
        "folder": folder,
        "key": lookup.folder_key(folder) if folder else "",
        "label": lookup.folder_text(folder) if folder else "",
        "longest": FolderName.LABEL_LIMIT,
        "back": return_url(request, folder_url(beside)),
        "named": request.GET.get("retour") or request.POST.get("retour"),
    }
    return render_page(request, replace(shown, view="reader"), status=status, more={**more, **asked})


def _parent(folder: Folder, everything: list[Folder]) -> str:
    above = next((one for one in everything if one.name == folder.name.parent), None)
    return lookup.folder_key(above) if above else ""


def _after(request: MailboxRequest, folder: Folder) -> str:
    return return_url(request, folder_url(folder.id) if folder.id else reverse("webmail:folders"))


def _undo_word(request: MailboxRequest, folder: Folder, now: FolderName) -> str:
    return undo_token(request.mailbox.key, folder.id or "", folder.name, now, salt=SALT)


def _why(refusal: FolderNameError | MailboxRefusedError) -> str:
    if isinstance(refusal, FolderNameError):
        return str(refusal)
    return _("A folder of that name is there already.")

"""How a writing sheet comes and goes: over an open page, beside those that stand there, or with the desk under it in a
whole page."""

from collections.abc import Sequence
from typing import assert_never

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.mailbox.errors import MailboxUnavailableError, NoSuchFolderError
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.web.htmx import is_htmx, shown_page
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.toasts import Toast, say
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import attached_files, browser_drafts
from vaguemestre.webmail.compose.access import outgoing_or_none
from vaguemestre.webmail.compose.compose_form import ComposeForm, compose_form
from vaguemestre.webmail.compose.draft_content import DraftContent
from vaguemestre.webmail.compose.drafts import AlreadySentError, WrittenElsewhereError
from vaguemestre.webmail.compose.message_templates import store
from vaguemestre.webmail.compose.message_templates.insertion import TemplateInsertion
from vaguemestre.webmail.compose.send_checks import SendContext
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content import importance
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.message_list.list_query import ListQuery
from vaguemestre.webmail.outbox import follow_up, schedule
from vaguemestre.webmail.outbox.delivery import SendRefusal, SendRefusedError
from vaguemestre.webmail.outbox.schedule import SendTime
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import asking_letter, leaves_by_itself
from vaguemestre.webmail.screens.panes.page import ThreePanePage, build_page, empty_page, render_page
from vaguemestre.webmail.trust import junk_attachments

SHEETS = "#ecrire"
IN_FRONT = "X-Devant"  # which of the sheets in sight was opened last; none of a browser that has only this one
WRITING = (
    "/ecrire/",
    "/reponse/",
    "/reponse-a-tous/",
    "/transfert/",
    "/transfert-entier/",
    "/reprise/",
    "/a-nouveau/",
    "/relance/",
)
REFRESH = "courrier"  # the event on which the page asks for its list again


def show_composer(
    request: MailboxRequest, sheet: ComposeForm, *, folder: MailboxId | None = None, status: int = 200,
    before: SendContext | None = None, hour: SendTime | None = None, inserted: TemplateInsertion | None = None,
    said: str = "", said_url: str = "", taken: str = "", undone: bool = False,
) -> HttpResponse:  # fmt: skip
    """`before`: what was noticed when it was sent. `hour`: when is it to leave? `inserted`: what it was before a
    ready-made letter was put into it. `said`: a word about what was done, and where more of it is. `taken`: the window
    whose copy it is. `undone`: what was said of its leaving is no longer true."""
    if leaves_by_itself(request):
        return _not_left_response(sheet, before, said)
    context = {
        "composer": sheet, "later": schedule.send_time_option(timezone.now()), "before": before, "hour": hour,
        "importances": importance.importance_choices(), "reminders": follow_up.reminder_choices(), "inserted": inserted,
        "done": said, "done_url": said_url,
        "ready_own": lambda: store.own_templates(request.mailbox.mailbox), "ready_authority": store.authority_templates,
        "shelf": browser_drafts.browser_draft_list(request), "taken": taken, "undone": undone,
    }  # fmt: skip
    if not is_htmx(request):
        shown, said = page_under(request, folder)
        return render_page(request, shown, status=status, more={**context, "said": said})
    # The page takes it back where it shows something else (`compose-windows`); given later, all would be drawn twice.
    context["in_place"] = bool(sheet.source)
    response = render(request, "webmail/compose/compose_form.html#composer", context, status=status)
    place_in_window(request, response)
    return response


def _not_left_response(sheet: ComposeForm, before: SendContext | None, said: str) -> JsonResponse:
    """Where the letter is now; nowhere when another window has written it: then the browser keeps its text."""
    words = [one.said for one in before.noticed] if before else [*sheet.problems, *([said] if said else [])]
    told = {"said": " ".join(words)} if sheet.elsewhere else {"said": " ".join(words), "url": sheet.url}
    return JsonResponse(told, status=422)


def show_problems(
    request: MailboxRequest, key: str, letter: DraftContent, problems: Sequence[str], *, elsewhere: bool = False,
    coming: bool = False,
) -> HttpResponse:  # fmt: skip
    """What was typed comes back whole, with what must be mended above it. `coming`: a file by a link is what it is."""
    outgoing = outgoing_or_none(request.mailbox.mailbox, key)
    sheet = compose_form(
        request.mailbox,
        key,
        letter,
        back=closing_url(request),
        outgoing=outgoing,
        problems=problems,
        elsewhere=elsewhere,
        coming=coming,
    )
    if request.headers.get("X-Upload"):
        return render(request, "webmail/compose/notices.html#notice", {"composer": sheet}, status=422)
    return show_composer(request, sheet, status=422)


def show_status(request: MailboxRequest, sheet: ComposeForm, mended: Sequence[str] = ()) -> HttpResponse:
    """After a save: its hour, the files, and the people unless somebody is typing among them. `mended`: what was
    noticed before it left, and is so no more. A notice that only its author can answer (`avis`) stays meanwhile: a
    question until any other act, what was done and can be taken back (`fait`) through every save."""
    settled = bool(mended) and set(mended).issuperset(current_warnings(request))
    quiet, stands = "pause" in request.POST, request.POST.get("avis", "")
    context = {
        "composer": sheet, "quiet": quiet, "mended": mended, "later": schedule.send_time_option(timezone.now()),
        "said_anew": settled or bool(sheet.problems) or not stands or not (quiet or stands == "fait"),
    }  # fmt: skip
    response = render(request, "webmail/compose/compose_form.html#saved", context)
    response["HX-Retarget"], response["HX-Reswap"] = f"#etat-{sheet.key}", "outerMorph"
    front = request.headers.get(IN_FRONT, sheet.key)
    if front in {"", sheet.key} and _is_writing(shown_page(request)):
        response["HX-Replace-Url"] = sheet.url if front else sheet.back
    return response


def current_warnings(request: MailboxRequest) -> list[str]:
    """What the sheet says now of a letter that did not leave (`SendWarning.code`)."""
    return request.POST.get("remarques", "").split()


def close_window(request: MailboxRequest, toast: Toast | None) -> HttpResponse:
    """The sheet goes, and the browser's copy of it; the page under it learns that its list has changed."""
    if leaves_by_itself(request):
        return JsonResponse({"said": toast.said if toast else ""})
    back = return_url(request, reverse("webmail:home"))
    if not is_htmx(request):
        redirect = HttpResponseRedirect(back)
        if toast:
            say(redirect, toast)
        return redirect
    found = request.resolver_match
    key = found.kwargs.get("key", "") if found else ""
    context = {
        "toast": toast,
        "shelf": browser_drafts.browser_draft_list(request),
        "gone": key,
        "writer": request.POST.get("fenetre", ""),
    }
    response = render(request, "webmail/compose/compose_form.html#finished", context)
    place_in_window(request, response)
    response["HX-Trigger"] = REFRESH
    if request.headers.get(IN_FRONT, key) in {"", key} and _is_writing(shown_page(request)):
        response["HX-Replace-Url"] = back
    return response


def closing_url(request: MailboxRequest) -> str:
    """Where closing the sheet leads: the page under it."""
    path = shown_page(request)
    here = path if path.startswith("/webmail/") and not _is_writing(path) else reverse("webmail:home")
    return return_url(request, here) if request.method == "POST" else here


def problem_text(problem: Exception) -> str:
    if isinstance(problem, attached_files.FileTooLargeError):
        words = {"name": problem.name, "limit": octets_text(attached_files.size_limit())}
        return _("“%(name)s” was not attached: the message would pass %(limit)s.") % words
    if isinstance(problem, attached_files.SourceGoneError):
        return _(
            "The message that you hand on is no longer where it was: not all its files are here. Your text is kept."
        )
    if isinstance(problem, attached_files.LeftInJunkError):
        return junk_attachments.withheld_text()
    if isinstance(problem, attached_files.NotAPictureError):
        return _("This file is no picture that a message can show (PNG, JPEG, GIF or WebP). Attach it as a file.")
    if isinstance(problem, WrittenElsewhereError):
        return _("This draft was changed in another window. Nothing was overwritten.")
    if isinstance(problem, AlreadySentError):
        return _("This message has already left.")
    if isinstance(problem, SendRefusedError):
        return refusal_text(problem)
    raise TypeError(f"no words for {type(problem).__name__}")


def refusal_text(error: SendRefusedError) -> str:
    detail = error.detail
    match error.reason:
        case SendRefusal.NOBODY:
            return _("Say to whom: there is no recipient yet.")
        case SendRefusal.INVALID_ADDRESS:
            return _("Not an address: %s. Mend it or remove it, then send again.") % detail
        case SendRefusal.TOO_MANY:
            words = _(
                "Too many recipients: %s at most for one message. Ask for a distribution list, or send it in parts."
            )
            return words % number_text(int(detail))
        case SendRefusal.TOO_LARGE:
            words = _("The message is too large: %s at most, attachments included. Remove one, then send again.")
            return words % octets_text(attached_files.size_limit())
        case SendRefusal.FOREIGN_SENDER:
            words = _("Not sent: %s is not one of your addresses. Check the address you write from, then send again.")
            return words % detail
        case SendRefusal.BUSY:
            return _("This message is leaving from another window. Look in Sent in a moment.")
        case SendRefusal.ACCOUNT_CLOSED:
            return detail
        case SendRefusal.STILL_UPLOADING:
            words = _("“%s” is not whole here yet: wait until it has arrived, or take it out. Then send again.")
            return words % detail
        case SendRefusal.LINKED_FILE:
            return _("Files that travel as a link do not go with a mailing: take them out first.")
        case SendRefusal.NUMEN:
            return _(
                "Your NUMEN is in this message. It is confidential and nobody needs it by mail: take it out, then send."
            )
        case SendRefusal.PASSWORD:
            return _(
                "Your password is in this message. Nobody ever needs it, the help desk neither: take it out, then send."
            )
    assert_never(error.reason)


def unsaved_text() -> str:
    return _(
        "The formatting could not be kept just now: your text was, in full. Leave this sheet open: it tries again at "
        "each change. If that does not help, choose plain text."
    )


def page_under(request: MailboxRequest, folder: MailboxId | None) -> tuple[ThreePanePage, str]:
    """Writing continues without the mailbox: then the desk is bare and says why."""
    try:
        with open_mailbox(request.mailbox) as session:
            inbox = session.by_role("inbox")
            place = folder or (inbox.id if inbox else None)
            if place is None:
                raise NoSuchFolderError
            return build_page(request, session, ListQuery(place), now=timezone.now()), ""
    except MailboxUnavailableError:
        return empty_page(request), _("The mailbox does not answer. What you write is kept all the same.")


def place_in_window(request: MailboxRequest, response: HttpResponse) -> None:
    """What a sheet itself asked for takes its place; any other stands beside those that are open."""
    letter = asking_letter(request)
    place = (f"#feuille-{letter}", "outerHTML") if letter else (SHEETS, "beforeend")
    response["HX-Retarget"], response["HX-Reswap"] = place


def _is_writing(path: str) -> bool:
    return any(mark in path for mark in WRITING)

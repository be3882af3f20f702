"""A mailing: the table, the letters before they leave, how far they are, and those that did not arrive."""

from dataclasses import replace
from datetime import timedelta

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.handouts import message_links
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.web import toasts
from vaguemestre.web.htmx import go_to, is_htmx
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import attached_files, drafts, rich_text
from vaguemestre.webmail.compose.access import outgoing_for, outgoing_or_none
from vaguemestre.webmail.compose.draft_content import draft_content
from vaguemestre.webmail.compose.drafts import AlreadySentError, WrittenElsewhereError
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.models.mail_merge import MailMerge
from vaguemestre.webmail.outbox import schedule
from vaguemestre.webmail.outbox.delivery import SendRefusal, SendRefusedError
from vaguemestre.webmail.outbox.mail_merge import dispatch, messages, preparation, preview, progress, table
from vaguemestre.webmail.outbox.mail_merge.access import mailing_for
from vaguemestre.webmail.outbox.mail_merge.preparation import MergePreparation
from vaguemestre.webmail.outbox.mail_merge.table import UnreadableTableError
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.reader.message_body import BODY_POLICY
from vaguemestre.webmail.screens.panes.compose_window import problem_text, show_problems, unsaved_text
from vaguemestre.webmail.screens.panes.draft_request import keep_draft, kept_content, receive_content
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.send_response import pressed_button
from vaguemestre.webmail.screens.settings_pages.page import render_settings


@require_safe
@with_mailbox
def mailings(request: MailboxRequest) -> HttpResponse:
    return render_settings(
        request, "mailings", {"mailings": progress.list_merges(request.mailbox.mailbox, timezone.now())}
    )


@require_POST
@with_mailbox
@handles_outage
def begin(request: MailboxRequest, key: str) -> HttpResponse:
    """From the sheet: what is written is kept, and the table is asked for."""
    letter, now = receive_content(request, key), timezone.now()
    try:
        outgoing = keep_draft(request, key, letter)
    except (AlreadySentError, WrittenElsewhereError) as problem:
        return show_problems(
            request, key, letter, [problem_text(problem)], elsewhere=isinstance(problem, WrittenElsewhereError)
        )
    except attached_files.FileTooLargeError as problem:
        return show_problems(request, key, kept_content(request, key, letter), [problem_text(problem)])
    if letter.unkept:
        return show_problems(request, key, replace(letter, revision=outgoing.revision), [unsaved_text()])
    if message_links.handouts_of_draft(request.mailbox.mailbox.key, key):
        problems = [problem_text(SendRefusedError(SendRefusal.LINKED_FILE))]
        return show_problems(request, key, replace(letter, revision=outgoing.revision), problems)
    drafts.deposit_soon(outgoing, now)
    MailMerge.objects.get_or_create(letter=outgoing, defaults={"account": request.mailbox.mailbox, "created_at": now})
    url = reverse("webmail:mailing", args=[key])
    return go_to(url) if is_htmx(request) else HttpResponseRedirect(url)


@require_safe
@with_mailbox
@handles_outage
def mailing(request: MailboxRequest, key: str) -> HttpResponse:
    found = mailing_for(request.mailbox.mailbox, key)
    if found.state == MailMerge.State.WRITTEN:
        return go_to(request.path) if is_htmx(request) else _before(request, found)
    if not is_htmx(request):
        _read_reports(request)
    return _progress(request, found)


@require_POST
@with_mailbox
def put_table(request: MailboxRequest, key: str) -> HttpResponse:
    """The table, or another column for the address."""
    found = _written(request, key)
    column = request.POST.get("colonne", "")
    typed = request.POST.get("tableau", "").replace("\r\n", "\n")
    chosen = int(column) if column.isascii() and column.isdigit() and len(column) < 4 else None
    found.address_column = chosen if typed.split("\n")[0] == found.typed.split("\n")[0] else None
    found.typed = typed
    try:
        table.parse_table(typed)
    except UnreadableTableError as problem:
        return _before(request, found, problem=str(problem), table_told=True)
    found.save(update_fields=["typed", "address_column"])
    drafts.prolong_draft(key, timezone.now())
    return HttpResponseRedirect(reverse("webmail:mailing", args=[key]) + "#lettres")


@require_safe
@xframe_options_sameorigin
@with_mailbox
def body(request: MailboxRequest, key: str, number: int) -> HttpResponse:
    """The text of one letter, in a frame of its own, as it would travel."""
    found = _written(request, key)
    prepared = _prepared(found)
    drawn = next((one for one in prepared.letters if one.number == number), None) if prepared else None
    if drawn is None or not found.letter.html:
        raise Http404("letter")
    letter = replace(draft_content(found.letter, ""), html=messages.message_html(found.letter, drawn.words))
    response = HttpResponse(rich_text.frame_html(letter, key, found.letter.files.all()))
    response["Content-Security-Policy"] = BODY_POLICY
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@with_mailbox
def send(request: MailboxRequest, key: str) -> HttpResponse:
    """At once, with the moment to think again; or at an hour chosen."""
    found, now = mailing_for(request.mailbox.mailbox, key), timezone.now()
    page = reverse("webmail:mailing", args=[key])
    if found.state != MailMerge.State.WRITTEN:
        return toasts.redirect(page, Toast(_("This mailing has already begun.")))
    prepared = _prepared(found)
    chosen = pressed_button(request)
    hour = schedule.parse_send_time(chosen, now) if chosen else None
    if chosen and hour is None:
        return _before(request, found, problem=_("This hour is over, or is more than a year away. Choose another one."))
    try:
        if prepared is None:
            raise UnreadableTableError(_("Paste the table first."))
        preparation.check_merge(prepared, now)
    except SendRefusedError as problem:
        return _before(request, found, problem=problem_text(problem))
    except UnreadableTableError as problem:
        return _before(request, found, problem=str(problem), table_told=True)
    seconds = lookup.undo_seconds(lookup.load_preferences(request.account).undo_seconds)
    if dispatch.begin_merge(found, prepared.drafted.sound, now, hour or now + timedelta(seconds=seconds)):
        _withdraw_copy(request, key)
        if not hour and not seconds:
            dispatch.go_on(key, now)
    return HttpResponseRedirect(page)


@require_POST
@with_mailbox
def stop(request: MailboxRequest, key: str) -> HttpResponse:
    stopped = dispatch.stop_merge(mailing_for(request.mailbox.mailbox, key))
    return _back(
        key, _("Stopped: what has not left stays here") if stopped else _("This mailing is no longer leaving.")
    )


@require_POST
@with_mailbox
def resume(request: MailboxRequest, key: str) -> HttpResponse:
    resumed = dispatch.resume_merge(mailing_for(request.mailbox.mailbox, key), timezone.now())
    return _back(key, _("The letters go on leaving") if resumed else _("This mailing cannot go on."))


@require_POST
@with_mailbox
@handles_outage
def call_back(request: MailboxRequest, key: str) -> HttpResponse:
    now = timezone.now()
    if not dispatch.call_back_merge(mailing_for(request.mailbox.mailbox, key), now):
        return _back(key, _("Too late: letters have left. You can stop the others."))
    drafts.deposit_soon(outgoing_for(request.mailbox.mailbox, key), now)
    return _back(key, _("Nothing has left: change the letter or the table, then send."))


@require_POST
@with_mailbox
def write_again(request: MailboxRequest, key: str) -> HttpResponse:
    """The same letter and the lines of those whom it did not reach, to be mended and sent."""
    found, now = mailing_for(request.mailbox.mailbox, key), timezone.now()
    numbers = {one.number for one in progress.failed_messages(found)}
    if not numbers:
        raise Http404("nobody")
    known = table.parse_table(found.typed)
    again = dispatch.copy_merge(found, new_key(), now)
    MailMerge.objects.create(
        letter=again, account=request.mailbox.mailbox, created_at=now, address_column=found.address_column,
        typed=table.table_text(known.head, [line.cells for line in known.lines if line.number in numbers]),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("webmail:mailing", args=[again.key]))


def _written(request: MailboxRequest, key: str) -> MailMerge:
    """One that has not begun."""
    found = mailing_for(request.mailbox.mailbox, key)
    if found.state != MailMerge.State.WRITTEN:
        raise Http404("begun")
    return found


def _prepared(found: MailMerge) -> MergePreparation | None:
    try:
        return preparation.prepare_merge(found, timezone.localdate())
    except UnreadableTableError:
        return None


def _before(request: MailboxRequest, found: MailMerge, *, problem: str = "", table_told: bool = False) -> HttpResponse:
    now, prepared = timezone.now(), None
    try:
        prepared = preparation.prepare_merge(found, timezone.localdate())
    except UnreadableTableError as unclear:
        problem, table_told = problem or str(unclear), table_told or not problem
    shown = preview.preview_message(prepared, request.GET.get("lettre", "")) if prepared else None
    context = {
        "mailing": found, "prepared": prepared, "problem": problem, "table_told": table_told, "shown": shown,
        "variables": preparation.merge_field_names(found), "noticed": preparation.merge_warnings(found),
        "words": preparation.merge_summary(prepared, now) if prepared else None,
        "files": [file for file in found.letter.files.all() if not file.content_id],
        "later": schedule.send_time_option(now), "hour": schedule.send_time_question("", "", now),
        "kept_until": drafts.kept_until(found.letter),
    }  # fmt: skip
    return render_settings(request, "mailing_before", context, status=422 if problem else 200, at="mailings")


def _progress(request: MailboxRequest, found: MailMerge) -> HttpResponse:
    now = timezone.now()
    failures = progress.failed_messages(found)
    context = {
        "mailing": found, "progress": progress.merge_progress(found, now), "failures": failures,
        "late": progress.count_late(found, failures), "now": now,
    }  # fmt: skip
    if is_htmx(request):
        return render(request, "webmail/outbox/mail_merge_progress.html", context)
    return render_settings(request, "mailing", context, at="mailings")


def _read_reports(request: MailboxRequest) -> None:
    try:
        with open_mailbox(request.mailbox) as session:
            progress.read_reports(session, request.mailbox.mailbox)
    except MailboxError:
        return  # they are read when it answers again


def _withdraw_copy(request: MailboxRequest, key: str) -> None:
    outgoing = outgoing_or_none(request.mailbox.mailbox, key)
    if outgoing is None or not outgoing.draft_folder:
        return
    try:
        with open_mailbox(request.mailbox) as session:
            drafts.withdraw_copy(outgoing, session)
    except MailboxError:
        return


def _back(key: str, said: str) -> HttpResponse:
    return toasts.redirect(reverse("webmail:mailing", args=[key]), Toast(said))

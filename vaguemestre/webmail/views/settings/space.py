"""Make room: what is large, and what may go."""

from collections.abc import Callable

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import QuotaExceeded
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.values import InvalidValue, MailboxId, Uid
from vaguemestre.web.quantities import grouped, size_in_words
from vaguemestre.webmail import notes, pending, toasts
from vaguemestre.webmail import space as room
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.toasts import Toast
from vaguemestre.webmail.views.acts import role_folder
from vaguemestre.webmail.views.settings.page import show

type Chosen = dict[MailboxId, list[Uid]]


@require_safe
@signed_in
@mailbox_screen
def space(request: StaffRequest) -> HttpResponse:
    word = request.GET.get("page", "1")
    number = int(word) if word.isascii() and word.isdigit() and 0 < len(word) < 5 else 1
    with open_mailbox(request) as session:
        found = room.look(session, max(1, number), timezone.now())
    return show(request, "space", {"space": found, "recovers": notes.recover_days() > 0})


@require_POST
@signed_in
@mailbox_screen
def deletion(request: StaffRequest) -> HttpResponse:
    def act(session: Session, chosen: Chosen, trash: MailboxId) -> str:
        count = room.throw_away(session, chosen, trash)
        words = ngettext(
            "%s message is in the bin. Empty it to get the room back.",
            "%s messages are in the bin. Empty it to get the room back.",
            count,
        )
        return words % grouped(count) if count else ""

    return _done(request, act)


@require_POST
@signed_in
@mailbox_screen
def removal(request: StaffRequest) -> HttpResponse:
    """In a full mailbox a second press is asked for: `definitif`, then nothing waits in the bin."""
    for_good = request.POST.get("definitif") == "1"

    def act(session: Session, chosen: Chosen, trash: MailboxId) -> str:
        count, gained = room.remove_attachments(session, chosen, trash, timezone.now(), for_good=for_good)
        if for_good:
            pending.room_made(request.account.key, timezone.now())
        return _lighter(count, gained, for_good=for_good)

    try:
        return _done(request, act)
    except QuotaExceeded:
        return _ask(request)


def _lighter(count: int, gained: int, *, for_good: bool) -> str:
    words = {"count": grouped(count), "size": size_in_words(gained)}
    if not count:
        return _("There is no attachment to remove from what you chose.")
    if for_good:
        said = ngettext(
            "%(count)s message is lighter by %(size)s.", "%(count)s messages are lighter by %(size)s.", count
        )
    else:
        said = ngettext(
            "%(count)s message is lighter by %(size)s. The whole one lies in the bin: empty it to get the room back.",
            "%(count)s messages are lighter by %(size)s. The whole ones lie in the bin: empty it to get the room back.",
            count,
        )
    return said % words


def _ask(request: StaffRequest) -> HttpResponse:
    with open_mailbox(request) as session:
        found = room.look(session, 1, timezone.now())
        asked = request.POST.getlist("choix")
        kept = all(notes.kept(session, folder) for folder in room.chosen(asked))
    promise = notes.promise() if kept else ""
    return show(request, "space", {"space": found, "asked": asked, "promise": promise}, status=409)


def _done(request: StaffRequest, act: Callable[[Session, Chosen, MailboxId], str]) -> HttpResponse:
    try:
        chosen = room.chosen(request.POST.getlist("choix"))
    except InvalidValue as error:
        raise Http404(str(error)) from error
    response = HttpResponseRedirect(reverse("webmail:space"))
    if not chosen:
        return response
    with open_mailbox(request) as session:
        said = act(session, chosen, _id(role_folder(session, "trash")))
    if said:
        toasts.say(response, Toast(said))
    return response


def _id(folder: Folder) -> MailboxId:
    assert folder.id is not None  # noqa: S101 - the bin can be opened
    return folder.id

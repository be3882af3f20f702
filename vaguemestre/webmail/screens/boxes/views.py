"""Untaken conversations of each shared mailbox, requested once the page is shown; who shares one, for its owners."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.accounts.models import Account
from vaguemestre.shared_mailboxes.access import membership_in
from vaguemestre.shared_mailboxes.members import (
    MemberRefusal,
    MemberRefusedError,
    add_member,
    give_back,
    members_of,
    remove_member,
    staff_to_add,
)
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.boxes.column import count_untaken
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.screens.boxes.members_form import MemberForm, names_of
from vaguemestre.webmail.screens.settings_pages.page import render_settings
from vaguemestre.webmail.undo import read_token, undo_token

SALT = "vaguemestre.webmail.boxes.members"


@require_safe
@with_mailbox
def untaken(request: MailboxRequest) -> HttpResponse:
    return render(request, "webmail/boxes/unread.html", {"boxes": count_untaken(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def members(request: MailboxRequest) -> HttpResponse:
    """Who shares the box; for its owners, in a shared mailbox alone."""
    box, now = _box(request), timezone.now()
    today = timezone.localdate(now)
    staff = staff_to_add(box, request.account, today)
    form = MemberForm(request.POST if request.method == "POST" else None, staff=staff)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=422 if request.method == "POST" else 200)
    chosen = form.cleaned_data
    try:
        added = add_member(
            box, chosen["personne"], MailboxRights(chosen["droit"]), chosen["fin"], by=request.account, now=now
        )
    except MemberRefusedError as refused:
        form.add_error("fin" if refused.reason == MemberRefusal.PAST else "personne", _refusal_text(refused))
        return _page(request, form, status=422)
    said = _("%(name)s shares this mailbox from now on.") % {"name": added.display_name}
    return toasts.redirect(reverse("webmail:box-members"), Toast(said))


@require_POST
@with_mailbox
def member_removal(request: MailboxRequest, membership: int) -> HttpResponse:
    here, leaver = reverse("webmail:box-members"), membership_in(_box(request), membership, timezone.localdate())
    try:
        remove_member(leaver, by=request.account, now=timezone.now())
    except MemberRefusedError as refused:
        return toasts.redirect(here, Toast(_refusal_text(refused), tone="bad"))
    said = _("%(name)s shares this mailbox no longer.") % {"name": leaver.member.display_name}
    word = undo_token(request.mailbox.key, leaver.pk, salt=SALT)
    return toasts.redirect(here, Toast(said, word, undo_at="webmail:box-member-return"))


@require_POST
@with_mailbox
def member_return(request: MailboxRequest) -> HttpResponse:
    """Taken away by mistake."""
    what, now = read_token(request, salt=SALT), timezone.now()
    back = give_back(_box(request), what[0], by=request.account, now=now) if what else None
    said = (
        _("%(name)s shares this mailbox again.") % {"name": back.display_name}
        if back
        else _("It is too late to undo this.")
    )
    return toasts.redirect(reverse("webmail:box-members"), Toast(said))


def _box(request: MailboxRequest) -> Account:
    if request.mailbox.is_own:
        raise Http404("no shared mailbox")
    return request.mailbox.mailbox


def _page(request: MailboxRequest, form: MemberForm, *, status: int = 200) -> HttpResponse:
    there = members_of(request.mailbox.mailbox, timezone.localdate())
    names = names_of([one.member for one in there])
    return render_settings(
        request, "box-members", {"form": form, "members": list(zip(there, names, strict=True))}, status=status
    )


def _refusal_text(refused: MemberRefusedError) -> str:
    return {
        MemberRefusal.NOT_OF_THE_PLACE: _("This person is not posted here, or shares the mailbox already."),
        MemberRefusal.PAST: _("This day is over."),
        MemberRefusal.BY_POST: _("Their post gives them this mailbox: they leave it with the post."),
    }[refused.reason]

"""Messages brought back from a backup for a caller who has shown who they are: the day and why, then the folder, then
how far it is. Counts only, never a subject nor a sender."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.agent_scope import AgentRequest, account_to_act_on
from vaguemestre.backup.mailbox import mailbox_restorations
from vaguemestre.backup.mailbox.mailbox_restorations import RestorationRefusedError
from vaguemestre.backup.models import MailboxRestoration
from vaguemestre.helpdesk.account.account_record import record_head
from vaguemestre.helpdesk.caller.identification_required import ask_for_proof, is_identified
from vaguemestre.helpdesk.decorators import console_only, freshly_proved
from vaguemestre.helpdesk.forms import BackupChoice
from vaguemestre.helpdesk.restoration_page import may_choose, restoration_page, told_restoration


@require_safe
@console_only
def page(request: AgentRequest, key: str) -> HttpResponse:
    return _page(request, _account_shown(request, key))


@require_safe
@console_only
def state(request: AgentRequest, key: str) -> HttpResponse:
    """What changes of that page while it works."""
    account = _account_shown(request, key)
    shown = restoration_page(request.agent.account, account, timezone.now())
    context = record_head(request, account) | shown
    return render(request, "helpdesk/restoration-state.html", context)


@require_POST
@console_only
@freshly_proved(_("Look for messages in a backup"))
def begin(request: AgentRequest, key: str) -> HttpResponse:
    account, agent, now = _account(request, key), request.agent, timezone.now()
    if not is_identified(request, account, now):
        return ask_for_proof(account)
    form = None
    try:
        runs = mailbox_restorations.known_runs(account)
        form = BackupChoice(request.POST, runs=runs)
        if runs is None:
            return _page(request, account, form=form, refused="reading")
        if not form.is_valid():
            return _page(request, account, form=form)
        reason = form.cleaned_data["reason"]
        mailbox_restorations.begin(account, form.chosen, by=agent.key, office=agent.office, reason=reason, now=now)
    except RestorationRefusedError as refused:
        return _page(request, account, form=form, refused=refused.word)
    return _back(account)


@require_POST
@console_only
@freshly_proved(_("Restore messages"))
def choose(request: AgentRequest, key: str) -> HttpResponse:
    account = _account(request, key)
    restoration, agent, now = mailbox_restorations.open_restoration(account), request.agent, timezone.now()
    if restoration is None or not _is_meant(request, restoration):
        return _page(request, account, refused="too-late")
    if not may_choose(agent.account, restoration, now):
        return ask_for_proof(account)
    try:
        folder = request.POST.get("folder", "")
        mailbox_restorations.choose(restoration, folder, by=agent.key, office=agent.office, now=now)
    except RestorationRefusedError as refused:
        return _page(request, account, refused=refused.word)
    return _back(account)


@require_POST
@console_only
def give_up(request: AgentRequest, key: str) -> HttpResponse:
    account = _account_shown(request, key)
    if restoration := mailbox_restorations.open_restoration(account):
        if not _is_meant(request, restoration):
            return _page(request, account, refused="too-late")
        mailbox_restorations.give_up(restoration, by=request.agent.key, now=timezone.now())
    return _back(account)


def _account(request: AgentRequest, key: str) -> Account:
    account = account_to_act_on(request.agent, key)
    if not mailbox_restorations.is_possible(account):
        raise Http404
    return account


def _account_shown(request: AgentRequest, key: str) -> Account:
    """Also of an account that was closed meanwhile: how it ended is said."""
    account = account_to_act_on(request.agent, key)
    if not mailbox_restorations.is_possible(account) and not told_restoration(account, timezone.now())["last"]:
        raise Http404
    return account


def _is_meant(request: AgentRequest, restoration: MailboxRestoration) -> bool:
    """Two agents may have this person's page before them, and each acts on what that page showed."""
    return request.POST.get("restoration") == restoration.key


def _page(
    request: AgentRequest, account: Account, *, form: BackupChoice | None = None, refused: str = ""
) -> HttpResponse:
    shown = restoration_page(request.agent.account, account, timezone.now(), form=form, refused=refused)
    context = record_head(request, account) | shown
    return render(request, "helpdesk/restoration.html", context, status=422 if form or refused else 200)


def _back(account: Account) -> HttpResponse:
    return HttpResponseRedirect(reverse("helpdesk:restoration", args=[account.key]))

"""A stolen account: a page that says what one click does, the click, and what came of it."""

from datetime import timedelta

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.notices.journal_text import act_text
from vaguemestre.accounts.roles.agent_scope import AgentRequest, account_for, account_to_act_on
from vaguemestre.helpdesk.account.account_record import account_record, record_head
from vaguemestre.helpdesk.caller.identification_required import return_after
from vaguemestre.helpdesk.decorators import console_only, freshly_proved
from vaguemestre.helpdesk.forms import Declaration, Reason


@require_safe
@console_only
def declare(request: AgentRequest, key: str) -> HttpResponse:
    account = account_to_act_on(request.agent, key)
    return _page(request, account, Declaration(identifier=account.identifier))


@require_safe
@console_only
def sent(request: AgentRequest, key: str) -> HttpResponse:
    """The sentence that the page asks for: it may take the mail server a moment."""
    account, now = account_to_act_on(request.agent, key), timezone.now()
    days = academy().help_desk.undo_days
    return HttpResponse(account_shutdown.sent_text(account, now - timedelta(days=days), days))


@require_POST
@console_only
def close(request: AgentRequest, key: str) -> HttpResponse:
    """Answers once the daemons know it, or says that they do not yet."""
    account = account_to_act_on(request.agent, key)
    form = Declaration(request.POST, identifier=account.identifier)
    if not form.is_valid():
        return _page(request, account, form, status=422)
    shutdown = account_shutdown.shut_account_down(
        account, by=request.agent.key, office=request.agent.office, reason=form.cleaned_data["reason"],
        now=timezone.now(),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("helpdesk:stolen-result", args=[account.key, shutdown.pk]))


@require_safe
@console_only
def result(request: AgentRequest, key: str, number: int) -> HttpResponse:
    account = account_for(request.agent, key)
    shutdown = account.drills.filter(pk=number).first()
    if shutdown is None:
        raise Http404
    steps = list(shutdown.steps.order_by("pk"))
    context = record_head(request, account) | {
        "shutdown": shutdown,
        "steps": steps,
        "most_sent": account_shutdown.MOST_SENT,
        "shown_sent": account_shutdown.SHOWN_SENT,
        "unfinished": any(step.done_at is None for step in steps),
        "now": timezone.now(),
        "to_check": [(entry.at, act_text(entry.act)) for entry in account_shutdown.changes_since(shutdown)],
    }
    return render(request, "helpdesk/stolen-result.html", context)


@require_POST
@console_only
@freshly_proved(_("Let mail leave again"))
def unfreeze(request: AgentRequest, key: str) -> HttpResponse:
    account, form = account_to_act_on(request.agent, key), Reason(request.POST)
    if not form.is_valid():
        return _again(request, account, unfreeze_form=form)
    account_shutdown.unfreeze_sending(
        account, by=request.agent.key, reason=form.cleaned_data["reason"], now=timezone.now()
    )
    return return_after(account, "degel")


@require_POST
@console_only
@freshly_proved(_("Open the mailbox now"))
def unblock(request: AgentRequest, key: str) -> HttpResponse:
    """Before the hour: the rectorat decides."""
    account, form = account_to_act_on(request.agent, key), Reason(request.POST)
    if not request.agent.serves_everybody:
        raise Http404
    if not form.is_valid():
        return _again(request, account, unblock_form=form)
    account_shutdown.unblock_mailbox(
        account, by=request.agent.key, reason=form.cleaned_data["reason"], now=timezone.now()
    )
    return return_after(account, "deblocage")


def _page(request: AgentRequest, account: Account, form: Declaration, *, status: int = 200) -> HttpResponse:
    programs = list(account.app_passwords.filter(withdrawn_at=None).values_list("name", flat=True))
    context = record_head(request, account) | {
        "form": form,
        "sessions": account.sessions.count(),
        "programs": programs,
        "blocked_until": timezone.now() + account_shutdown.BLOCKED_FOR,
        "undo_days": academy().help_desk.undo_days,
    }
    return render(request, "helpdesk/stolen.html", context, status=status)


def _again(request: AgentRequest, account: Account, **more: object) -> HttpResponse:
    return render(request, "helpdesk/person.html", account_record(request, account, timezone.now()) | more, status=422)

"""What an agent does for somebody: find, ask, do, say."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.compromise import factor_loss
from vaguemestre.accounts.lifecycle.closure import PurgedError
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.projection import is_confirmed
from vaguemestre.accounts.roles.agent_scope import AgentRequest, account_to_act_on
from vaguemestre.helpdesk import agent_actions
from vaguemestre.helpdesk.account import otp_diagnosis
from vaguemestre.helpdesk.account.account_record import account_record, record_head
from vaguemestre.helpdesk.caller import phonetic_alphabet
from vaguemestre.helpdesk.caller.identification_required import ask_for_proof, is_identified, return_after
from vaguemestre.helpdesk.decorators import console_only, freshly_proved
from vaguemestre.helpdesk.forms import Reason, Restoration
from vaguemestre.letters.letter_issue import OwnPasswordError

NUMEN_SECONDS = 30


@require_POST
@console_only
@freshly_proved(_("Unlock the account"))
def unlock(request: AgentRequest, key: str) -> HttpResponse:
    account = account_to_act_on(request.agent, key)
    form = Reason(request.POST)
    if account.locked_at and not form.is_valid():
        return _page(request, key, unlock_form=form)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    undone = agent_actions.unlock_account(request.agent, account, reason=reason, now=timezone.now())
    return return_after(account, "verrou-leve" if undone else "verrou-inutile")


@require_http_methods(["GET", "HEAD", "POST"])
@console_only
def lock(request: AgentRequest, key: str) -> HttpResponse:
    account = account_to_act_on(request.agent, key)
    form = Reason(request.POST or None)
    if not form.is_valid():
        return render(request, "helpdesk/lock.html", record_head(request, account) | {"form": form})
    agent_actions.lock_account(request.agent, account, reason=form.cleaned_data["reason"], now=timezone.now())
    return return_after(account, "verrou" if is_confirmed(account) else "verrou-bientot")


@require_POST
@console_only
@freshly_proved(_("Give a temporary password"))
def temporary_pass(request: AgentRequest, key: str) -> HttpResponse:
    """Shown once, on this very answer: it has no address to come back to."""
    account, now = account_to_act_on(request.agent, key), timezone.now()
    if account.refusal(timezone.localdate(now)):
        return _page(request, key, refused="closed")
    if not is_identified(request, account, now):
        return ask_for_proof(account)
    raw = agent_actions.give_pass(request.agent, account, now=now)
    context = record_head(request, account) | {
        "groups": phonetic_alphabet.spell(raw),
        "until": account.provisional_expires_at,
        "pass_in_words": otp_diagnosis.pass_text() if account.method == Account.Method.OTP_KEY else "",
    }
    return render(request, "helpdesk/pass.html", context)


@require_POST
@console_only
@freshly_proved(_("Make a new letter"))
def letter(request: AgentRequest, key: str) -> HttpResponse:
    account, now = account_to_act_on(request.agent, key), timezone.now()
    try:
        agent_actions.new_letter(request.agent, account, replace_own=request.POST.get("replace") == "on", now=now)
    except OwnPasswordError:
        return _page(request, key, refused="own-password")
    return return_after(account, "lettre")


@require_POST
@console_only
@freshly_proved(_("Withdraw the second factors"))
def lose_factors(request: AgentRequest, key: str) -> HttpResponse:
    """The phone is lost, and the codes on paper with it: the password alone opens again."""
    account, now = account_to_act_on(request.agent, key), timezone.now()
    if not is_identified(request, account, now):
        return ask_for_proof(account)
    factor_loss.withdraw_all(account, by=request.agent.key, now=now)
    return return_after(account, "facteurs")


@require_POST
@console_only
@freshly_proved(_("Restore the account"))
def restore(request: AgentRequest, key: str) -> HttpResponse:
    """A closed account, before its purge: the rectorat decides, since HR did not."""
    account, now = account_to_act_on(request.agent, key), timezone.now()
    form = Restoration(request.POST)
    if not request.agent.serves_everybody:
        raise Http404
    if not form.is_valid():
        return _page(request, key, restore_form=form)
    reason, until = form.cleaned_data["reason"], form.cleaned_data["until"]
    try:
        agent_actions.restore_account(request.agent, account, until=until, reason=reason, now=now)
    except PurgedError:
        return _page(request, key)
    return return_after(account, "retour")


@require_POST
@console_only
@freshly_proved(_("Reveal the NUMEN"))
def numen(request: AgentRequest, key: str) -> HttpResponse:
    """In this answer only; the browser leaves it by itself after half a minute, script or not."""
    account, now = account_to_act_on(request.agent, key), timezone.now()
    form = Reason(request.POST)
    if not form.is_valid():
        return _page(request, key, numen_form=form)
    clear = agent_actions.reveal_numen(request.agent, account, reason=form.cleaned_data["reason"], now=now)
    if clear is None:
        return return_after(account, "numen-absent")
    response = render(request, "helpdesk/person.html", account_record(request, account, now) | {"revealed": clear})
    response.headers["Refresh"] = (
        f"{NUMEN_SECONDS}; url={return_after(account, '').headers['Location'].partition('?')[0]}"
    )
    return response


def _page(request: AgentRequest, key: str, **more: object) -> HttpResponse:
    account = account_to_act_on(request.agent, key)
    return render(request, "helpdesk/person.html", account_record(request, account, timezone.now()) | more, status=422)

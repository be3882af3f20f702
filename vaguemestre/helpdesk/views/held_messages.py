"""The messages of a stolen account that were held before they left: which they are, and what becomes of them."""

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.agent_scope import AgentRequest, account_for, account_to_act_on
from vaguemestre.engine.queue_holds import HeldMessage, QueueUnavailableError, held_messages as held_of
from vaguemestre.helpdesk.account import held_messages
from vaguemestre.helpdesk.account.account_record import record_head
from vaguemestre.helpdesk.decorators import console_only, freshly_proved
from vaguemestre.helpdesk.forms import MOST_HELD, HeldMessages

type Decision = Callable[..., int]


@require_safe
@console_only
def messages(request: AgentRequest, key: str) -> HttpResponse:
    return _page(request, account_for(request.agent, key))


@require_safe
@console_only
def count(request: AgentRequest, key: str) -> HttpResponse:
    """The sentence that the page of a person asks for: it may take the mail server a moment."""
    account = account_for(request.agent, key)
    found = _held(account)
    told = {"account": account, "count": None if found is None else len(found)}
    return render(request, "helpdesk/held-count.html", told)


@require_POST
@console_only
@freshly_proved(gettext_lazy("Let held messages leave"))
def release(request: AgentRequest, key: str) -> HttpResponse:
    return _decide(request, account_to_act_on(request.agent, key), held_messages.release_messages, "parti")


@require_POST
@console_only
@freshly_proved(gettext_lazy("Delete held messages"))
def delete(request: AgentRequest, key: str) -> HttpResponse:
    return _decide(request, account_to_act_on(request.agent, key), held_messages.delete_messages, "supprime")


def _decide(request: AgentRequest, account: Account, act: Decision, word: str) -> HttpResponse:
    form = HeldMessages(request.POST)
    if not form.is_valid():
        return _page(request, account, form, status=422)
    try:
        done = act(request.agent, account, form.numbers, reason=form.cleaned_data["reason"], now=timezone.now())
    except QueueUnavailableError:
        return _page(request, account, form, status=503)
    return HttpResponseRedirect(f"{reverse('helpdesk:held', args=[account.key])}?{word}={done}")


def _page(
    request: AgentRequest, account: Account, form: HeldMessages | None = None, *, status: int = 200
) -> HttpResponse:
    found = _held(account)
    shown = found and found[:MOST_HELD]
    context = record_head(request, account) | {
        "messages": shown,
        "total": len(found or ()),
        "ticked": form.numbers if form else [one.id for one in shown or ()],
        "form": form or HeldMessages(),
        "done": _done(request),
        "hers": account.password_kind == Account.PasswordKind.OWN,
    }
    return render(request, "helpdesk/held.html", context, status=status)


def _held(account: Account) -> list[HeldMessage] | None:
    """None when the mail server does not say."""
    try:
        return held_of(account)
    except QueueUnavailableError:
        return None


def _done(request: AgentRequest) -> str:
    for word in ("parti", "supprime"):
        said = request.GET.get(word, "")
        if said.isdecimal() and len(said) < 6:
            return _told(word, int(said))
    return ""


def _told(word: str, count: int) -> str:
    if not count:
        return _("Nothing of it was there any more: nothing has changed.")
    if word == "parti":
        return ngettext("%(count)d message leaves now.", "%(count)d messages leave now.", count) % {"count": count}
    return ngettext("%(count)d message deleted.", "%(count)d messages deleted.", count) % {"count": count}

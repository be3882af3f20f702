"""An agent has somebody's mailbox exported for them. The agent sees how far it is, never what is in it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.rescue import contact
from vaguemestre.accounts.roles.agent_scope import AgentRequest
from vaguemestre.exports import export_jobs, links
from vaguemestre.exports.access import latest_of, served_account
from vaguemestre.exports.decorators import for_agents, freshly_proved
from vaguemestre.exports.forms import AccessRequestForm
from vaguemestre.exports.models import Export


@require_http_methods(["GET", "HEAD", "POST"])
@for_agents
@freshly_proved(_("Order a copy of the mailbox"))
def access_request(request: AgentRequest, key: str) -> HttpResponse:
    account = served_account(request, key)
    if request.method != "POST":
        return _page(request, account, AccessRequestForm())
    form = AccessRequestForm(request.POST)
    if not form.is_valid():
        return _page(request, account, form, status=422)
    try:
        export_jobs.order_export(
            account, by=request.account.key, reason=form.cleaned_data["reason"], now=timezone.now()
        )
    except export_jobs.AlreadyUnderWayError:
        return _page(request, account, form, status=409)
    except export_jobs.NothingToExportError:
        return _page(request, account, form, status=410)
    return redirect("exports:access-request", key=key)


@require_POST
@for_agents
def giving_up(request: AgentRequest, key: str) -> HttpResponse:
    """Only of what an agent ordered: a person's own export is theirs."""
    account = served_account(request, key)
    export = latest_of(account)
    if export is not None and export.ordered_by != account.key and export.state in Export.UNDER_WAY:
        export_jobs.cancel_export(export, by=request.account.key, now=timezone.now())
    return redirect("exports:access-request", key=key)


@require_POST
@for_agents
@freshly_proved(_("Send the link to the copy"))
def link(request: AgentRequest, key: str) -> HttpResponse:
    """Again, or for the first time where a rescue contact has been recorded meanwhile. The former link is dead."""
    account, now = served_account(request, key), timezone.now()
    export = latest_of(account)
    if export is not None and export.state == Export.State.READY and links.is_link_wanted(export, now):
        links.send_link(export, by=request.account.key, now=now)
    return redirect("exports:access-request", key=key)


def _page(request: AgentRequest, account: Account, form: AccessRequestForm, status: int = 200) -> HttpResponse:
    export, now = latest_of(account), timezone.now()
    by_link = export is not None and export.state == Export.State.READY and links.is_link_wanted(export, now)
    context = {
        "section": "helpdesk",
        "subject": account,
        "form": form,
        "export": export,
        "now": now,
        "by_link": by_link,
        "link": links.living_link(export, now) if export and by_link else None,
        "contact": contact.masked_rescue_email(account),
        "left": account.has_left(today(now)),
        "purged": account.state == Account.State.PURGED,
        "kept_days": export_jobs.KEPT.days,
    }
    return render(request, "exports/access_request.html", context, status=status)

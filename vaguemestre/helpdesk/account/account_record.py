"""Everything that the page of one person shows."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.factors.factor_state import FACTORS, factor_kinds
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.rescue import contact
from vaguemestre.accounts.roles.agent_scope import AgentRequest, out_of_reach_text
from vaguemestre.backup.mailbox import mailbox_restorations
from vaguemestre.helpdesk import lost_password_queue
from vaguemestre.helpdesk.account import forwarding_report, held_messages, otp_diagnosis
from vaguemestre.helpdesk.account.account_facts_reader import facts_of
from vaguemestre.helpdesk.account.account_history import account_history
from vaguemestre.helpdesk.account.diagnosis import diagnosis_sentences, find_suggestion
from vaguemestre.helpdesk.caller import caller_identification
from vaguemestre.helpdesk.restoration_page import told_restoration
from vaguemestre.people import numen
from vaguemestre.people.namesakes import tell_apart
from vaguemestre.shared_mailboxes.access import memberships_of

EVENTS = 7


def account_record(request: AgentRequest, account: Account, now: datetime) -> dict[str, Any]:
    facts = facts_of(account, now)
    last_shutdown = account.drills.order_by("-pk").first()
    lead, *rest = diagnosis_sentences(facts, now)
    return {
        **record_head(request, account),
        "now": now,
        "lead": lead,
        "rest": rest,
        "suggestion": find_suggestion(facts, now),
        "unlockable": bool(account.locked_at or facts.waits_until),
        "proof": caller_identification.valid_proof(request.agent.account, account, now),
        "pass_in_words": otp_diagnosis.pass_text() if facts.by_key else "",
        "events": account_history(account, count=EVENTS),
        "rescue_email": contact.masked_rescue_email(account),
        "rescue_phone": contact.masked_rescue_phone(account),
        "factors": factors_text(account),
        "numen": numen.masked_numen(account.person),
        "blocked": bool(account.mail_blocked_until and account.mail_blocked_until > now),
        "shares": memberships_of(account, timezone.localdate(now)),
        "sent_on": forwarding_report.forwardings_of(account),
        "reset_request": lost_password_queue.open_request(account),
        "last_shutdown": last_shutdown,
        "restorable": mailbox_restorations.is_possible(account),
        **told_restoration(account, now),
        "was_held": bool(last_shutdown) and held_messages.was_ever_held(account),
    }


def record_head(request: AgentRequest, account: Account) -> dict[str, Any]:
    tell_apart([account.person])
    return {
        "section": "people",
        "account": account,
        "person": account.person,
        "out_of_reach": out_of_reach_text(request.agent, account),
    }


def factors_text(account: Account) -> str:
    words = {"totp": _("telephone"), "passkey": _("passkey"), "text": _("text messages")}
    held = [words[kind] for kind in sorted(factor_kinds(account) & FACTORS)]
    if account.method == Account.Method.OTP_KEY:
        held.append(_("OTP key"))
    return ", ".join(held)

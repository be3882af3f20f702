"""Everything that the page of one person shows."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from vaguemestre.accounts.factors.factor_state import FACTORS, factor_kinds
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.rescue import contact
from vaguemestre.helpdesk import (
    caller_identification,
    forwarding_report,
    held_messages,
    lost_password_queue,
    otp_diagnosis,
)
from vaguemestre.helpdesk.access import AgentRequest, out_of_reach_text
from vaguemestre.helpdesk.account_facts_reader import facts_of
from vaguemestre.helpdesk.account_history import story
from vaguemestre.helpdesk.diagnosis import sentences, suggestion
from vaguemestre.people import numen

EVENTS = 7


def dossier(request: AgentRequest, account: Account, now: datetime) -> dict[str, Any]:
    facts = facts_of(account, now)
    last_drill = account.drills.order_by("-pk").first()
    lead, *rest = sentences(facts, now)
    return {
        **headed(request, account),
        "now": now,
        "lead": lead,
        "rest": rest,
        "suggestion": suggestion(facts, now),
        "unlockable": bool(account.locked_at or facts.waits_until),
        "proof": caller_identification.standing(request.agent.account, account, now),
        "pass_in_words": otp_diagnosis.pass_in_words() if facts.by_key else "",
        "events": story(account, count=EVENTS),
        "rescue_email": contact.masked_rescue_email(account),
        "rescue_phone": contact.masked_rescue_phone(account),
        "factors": factors_in_words(account),
        "numen": numen.masked(account.person),
        "blocked": bool(account.mail_blocked_until and account.mail_blocked_until > now),
        "sent_on": forwarding_report.of_person(account),
        "reset_request": lost_password_queue.open_of(account),
        "last_drill": last_drill,
        "was_held": bool(last_drill) and held_messages.ever(account),
    }


def headed(request: AgentRequest, account: Account) -> dict[str, Any]:
    """What each page about one person begins with."""
    return {
        "section": "people",
        "account": account,
        "person": account.person,
        "out_of_reach": out_of_reach_text(request.agent, account),
    }


def factors_in_words(account: Account) -> str:
    words = {"totp": _("telephone"), "passkey": _("passkey"), "text": _("text messages")}
    held = [words[kind] for kind in sorted(factor_kinds(account) & FACTORS)]
    if account.method == Account.Method.OTP_KEY:
        held.append(_("OTP key"))
    return ", ".join(held)

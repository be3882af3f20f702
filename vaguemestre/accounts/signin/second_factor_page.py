"""What the page and the dialog of the second factor share: what may be answered with, and the answer."""

from datetime import datetime

from django.http import HttpRequest

from vaguemestre.accounts.factors import factor_state, passkeys, sms_codes
from vaguemestre.accounts.factors.factor_state import Kind
from vaguemestre.accounts.models import Account, PendingSignIn
from vaguemestre.accounts.rescue import contact
from vaguemestre.accounts.signin import pending_signin, second_factor_check
from vaguemestre.courier import sms


def factor_choices(account: Account, now: datetime) -> dict[str, object]:
    held = factor_state.factor_kinds(account)
    return {
        "telephone": Kind.TOTP in held,
        "paper": Kind.RECOVERY in held,
        "key_options": passkeys.request_options(account, now) if Kind.PASSKEY in held else "",
        **_text_way(account, held, now),
    }


def check_answer(request: HttpRequest, owed: PendingSignIn, now: datetime) -> Kind | None:
    """With what; a wrong answer is counted here."""
    code, key = request.POST.get("code", "")[:100], request.POST.get("cle", "")
    slot = pending_signin.take_try(request, owed, code or "key", now=now)
    if slot and (way := second_factor_check.check_second_factor(owed.account, code=code, key=key, now=now)):
        slot.give_back()
        return way
    pending_signin.note_wrong(request, owed, now=now)
    return None


def _text_way(account: Account, held: set[Kind], now: datetime) -> dict[str, object]:
    """`text`: the number, masked; `texted`: its code may still be typed; `text_away`: it did not leave."""
    if not sms_codes.is_sms_accepted(account, held, now):
        return {}
    number, sent = contact.confirmed_phone(account), sms_codes.find_waiting_code(account, now)
    return {
        "text": contact.mask_phone(number) if number else "",
        "texted": bool(number and sent),
        "text_away": number is None or bool(sent and sms.has_failed(account.key, since=sent.sent_at)),
    }

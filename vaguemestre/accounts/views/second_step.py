"""What a right password still owes when its owner wanted two factors."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts import arrival, half, rescue, second_step
from vaguemestre.accounts.factors import passkeys, standing, texted
from vaguemestre.accounts.factors.standing import Kind
from vaguemestre.accounts.models import Account, HalfSignIn
from vaguemestre.accounts.text_request import send_text
from vaguemestre.accounts.views.signin import with_retry_after
from vaguemestre.accounts.waiting import wait_in_words
from vaguemestre.courier import texts

FACTOR = HalfSignIn.Owes.FACTOR


@sensitive_post_parameters("code", "cle")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    owed = half.current(request, FACTOR, now=now)
    if owed is None:
        response = HttpResponseRedirect(f"{reverse('accounts:signin')}?expire=1")
        half.forget(response)
        return response
    if request.method != "POST":
        return _page(request, owed, now)
    if wait := half.must_wait(request, owed, now=now):
        return with_retry_after(_page(request, owed, now, wait=wait_in_words(wait), status=429), wait)
    way = answered(request, owed, now)
    if way is None:
        return _page(request, owed, now, refused=True)
    return arrival.complete(request, owed, strong=True, by_text=way == Kind.TEXT, now=now)


@require_POST
def text_message(request: HttpRequest) -> HttpResponse:
    """A code to the telephone, for whoever asks for one, or for another."""
    now = timezone.now()
    owed = half.current(request, FACTOR, now=now)
    if owed is None:
        return HttpResponseRedirect(reverse("accounts:second-factor"))
    return HttpResponseRedirect(f"{reverse('accounts:second-factor')}?sms={send_text(request, owed.account, now)}")


def answered(request: HttpRequest, owed: HalfSignIn, now: datetime) -> Kind | None:
    """With what; a wrong answer is counted here."""
    code, key = request.POST.get("code", "")[:100], request.POST.get("cle", "")
    slot = half.take_try(request, owed, code or "key", now=now)
    if slot and (way := second_step.right(owed.account, code=code, key=key, now=now)):
        slot.give_back()
        return way
    half.wrong(request, owed, now=now)
    return None


def ways(account: Account, now: datetime) -> dict[str, object]:
    """What this person may answer with, for the templates."""
    held = standing.kinds(account)
    return {
        "telephone": Kind.TOTP in held,
        "paper": Kind.RECOVERY in held,
        "key_options": passkeys.options(account, now) if Kind.PASSKEY in held else "",
        **_text_way(account, held, now),
    }


def _text_way(account: Account, held: set[Kind], now: datetime) -> dict[str, object]:
    """`text`: the number, masked; `texted`: its code may still be typed; `text_away`: it did not leave."""
    if not texted.accepted(account, held, now):
        return {}
    number, sent = rescue.confirmed_phone(account), texted.waiting(account, now)
    return {
        "text": rescue.mask_phone(number) if number else "",
        "texted": bool(number and sent),
        "text_away": number is None or bool(sent and texts.failed(account.key, since=sent.sent_at)),
    }


def _page(request: HttpRequest, owed: HalfSignIn, now: datetime, *, status: int = 200, **said: object) -> HttpResponse:
    """`said`: refused, wait."""
    if owed.failures >= half.TRIES:
        response = HttpResponseRedirect(f"{reverse('accounts:signin')}?expire=1")
        half.forget(response)
        return response
    context = ways(owed.account, now) | {"text_said": request.GET.get("sms", "")} | said
    return render(request, "accounts/second-factor.html", context, status=status)

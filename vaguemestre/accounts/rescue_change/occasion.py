"""Giving a rescue contact, on two occasions: a step of the first sign-in, and the page My account."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import RescueContact
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.page_messages import account_page_url
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue import confirmation_codes, contact as rescue_contact
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.rescue_change.forms import CodeForm, RescueForm
from vaguemestre.accounts.rescue_change.phone_confirmation import PhoneError, keep_phone, too_soon_text
from vaguemestre.courier import sms


@dataclass(frozen=True)
class Occasion:
    """Where the two screens stand and lead. `prefix` begins the names of their addresses."""

    prefix: str
    layout: str
    extra: dict[str, object]
    confirmed: str
    phone_only: str
    puts_off: bool = False  # a number alone answers the question: the address is for later

    @property
    def address(self) -> str:
        return reverse(f"accounts:{self.prefix}")

    @property
    def code(self) -> str:
        return reverse(f"accounts:{self.prefix}-code")

    @property
    def resending(self) -> str:
        return reverse(f"accounts:{self.prefix}-resending")

    @property
    def phone_code(self) -> str:
        return reverse(f"accounts:{self.prefix}-phone-code")

    @property
    def phone_resending(self) -> str:
        return reverse(f"accounts:{self.prefix}-phone-resending")


def on_my_account() -> Occasion:
    return Occasion(
        "rescue",
        "accounts/account_page/my_account.html",
        {},
        account_page_url("secours", "secours"),
        account_page_url("telephone", "secours"),
    )


def address_page(request: StaffRequest, occasion: Occasion) -> HttpResponse:
    """The address and the number. What is confirmed already needs no code again."""
    account, now = request.account, timezone.now()
    contact = rescue_contact.contact_of(account)
    form = RescueForm(request.POST or None, initial=_known(contact))
    if request.method == "POST" and form.is_valid():
        address, phone = form.cleaned_data["adresse"], form.cleaned_data["telephone"]
        if address or phone:
            if answer := _keep(request, occasion, form, now):
                return answer
        else:
            form.add_error("adresse", _("Give a private address, or a telephone number."))
    return render_page(
        request,
        "accounts/rescue/address.html",
        occasion,
        {"form": form, "contact": contact, "texts": sms.is_sms_offered()},
    )


def code_page(request: StaffRequest, occasion: Occasion) -> HttpResponse:
    """The code that was sent. Typed on this device or another, it is the same one."""
    account, now = request.account, timezone.now()
    waiting = contact_change.proposed(account, now=now)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if contact_change.confirm(account, form.cleaned_data["code"], now=now):
            follows = contact_change.proposed_phone(account, now=now)
            return HttpResponseRedirect(occasion.phone_code if follows else occasion.confirmed)
        waiting = contact_change.proposed(account, now=now)
        form.refuse(wrong_code_text(waiting is not None))
    if waiting is None and request.method != "POST":
        return HttpResponseRedirect(occasion.address)
    said = {"too_soon": "trop-tot" in request.GET, "resent": "parti" in request.GET}
    context: dict[str, object] = {"form": form, "waiting": waiting, **said}
    return render_page(request, "accounts/rescue/address_code.html", occasion, context)


def resend_code(request: StaffRequest, occasion: Occasion) -> HttpResponse:
    now = timezone.now()
    waiting = contact_change.proposed(request.account, now=now)
    if waiting is None:
        return HttpResponseRedirect(occasion.address)
    try:
        contact_change.propose(request.account, waiting.target, now=now)
    except confirmation_codes.TooSoonError:
        return HttpResponseRedirect(f"{occasion.code}?trop-tot=1")
    return HttpResponseRedirect(f"{occasion.code}?parti=1")


def render_page(request: StaffRequest, template: str, occasion: Occasion, context: dict[str, object]) -> HttpResponse:
    common = {"occasion": occasion, "office": notices.office_of(request.account), "section": "account"}
    return render(request, template, {**common, **occasion.extra, **context})


def wrong_code_text(may_go_on: bool) -> str:
    if may_go_on:
        return _("This is not the code that was sent. Look at the latest message, then start again.")
    return _("This code is worth nothing any more: it is wrong five times, or older than 15 minutes. Ask for another.")


def _keep(request: StaffRequest, occasion: Occasion, form: RescueForm, now: datetime) -> HttpResponse | None:
    """None when no code may leave yet: the form then says why."""
    account, address = request.account, form.cleaned_data["adresse"]
    proved = not address or address == rescue_contact.confirmed_email(account)
    try:
        with transaction.atomic():
            texted = keep_phone(request, form.cleaned_data["telephone"], now)
            if sms.is_sms_offered():
                contact_change.prefer_text(account, form.cleaned_data["par_sms"])
            if not proved:
                contact_change.propose(account, address, now=now)
            elif occasion.puts_off and not address and not texted:
                contact_change.put_off(account, now=now)
    except PhoneError as error:
        form.add_error("telephone", str(error))
        return None
    except confirmation_codes.TooSoonError as too_soon:
        form.add_error("adresse", too_soon_text(too_soon))
        return None
    if not proved:
        return HttpResponseRedirect(occasion.code)
    return HttpResponseRedirect(occasion.phone_code if texted else occasion.phone_only)


def _known(contact: RescueContact) -> dict[str, object]:
    return {"adresse": contact.email, "telephone": contact.phone, "par_sms": contact.by_text}

"""A phone, a passkey, a list of codes: added and withdrawn on pages of their own, after a fresh proof."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.factors import factor_state, passkeys, recovery_codes, totp
from vaguemestre.accounts.factors.factor_page import ANCHOR, page_context, removal_page
from vaguemestre.accounts.factors.forms import PasskeyForm, TelephoneForm
from vaguemestre.accounts.factors.qr_code import render_qr_code
from vaguemestre.accounts.identity.access import passkey_of
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.page_messages import account_page_url
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in
from vaguemestre.accounts.signin import user_agent
from vaguemestre.accounts.signin.next_page import after_signin, wanted_page


@require_safe
@signed_in
def required(request: StaffRequest) -> HttpResponse:
    """Where a role that needs a second factor stands until it has one. Whoever has one, and has not shown it in this
    session, shows it."""
    account, day = request.account, today(timezone.now())
    if not factor_state.is_factor_missing(account, day):
        if not request.session_record.owes_factor or account.method == Account.Method.OTP_KEY:
            return HttpResponseRedirect(after_signin(request))
        if factor_state.is_factor_required(account, day):
            wanted = urlencode({"next": wanted_page(request)})
            return HttpResponseRedirect(f"{reverse('accounts:confirmation')}?{wanted}")
        sessions.drop_factor_requirement(request.session_record)
        return HttpResponseRedirect(after_signin(request))
    return render(request, "accounts/factors/required.html", page_context(request) | {"next": wanted_page(request)})


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def telephone(request: StaffRequest) -> HttpResponse:
    account, now = request.account, timezone.now()
    form, shown_in = TelephoneForm(request.POST or None), sessions.session_mark(request.session_record)
    if request.method == "POST" and form.is_valid():
        first = factor_state.has_no_strong_factor(account)
        if totp.confirm_totp(account, form.cleaned_data["code"], now, shown_in=shown_in):
            return _added(request, "telephone-ajoute", first=first)
        form.add_error("code", _("This is not the present code. Wait for the next one, then type it."))
    secret = totp.begin_totp(account, now, shown_in=shown_in)
    address = totp.otpauth_url(account, secret, f"{academy().brand.name} {academy().name}")
    context = {
        "form": form,
        "address": address,
        "picture": render_qr_code(address),
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "replaces": factor_state.Kind.TOTP in factor_state.factor_kinds(account),
    }
    return render(request, "accounts/factors/telephone.html", page_context(request) | context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def telephone_removal(request: StaffRequest) -> HttpResponse:
    account, now = request.account, timezone.now()
    last = factor_state.is_last_required(account, today(now))
    if request.method == "POST" and not last:
        totp.withdraw_totp(account, now)
        return HttpResponseRedirect(account_page_url("facteur-retire", ANCHOR))
    return removal_page(
        request, _("the application of your telephone"), reverse("accounts:factors-telephone"), last=last
    )


@sensitive_post_parameters("cle")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def passkey(request: StaffRequest) -> HttpResponse:
    account, now = request.account, timezone.now()
    agent = user_agent.user_agent_text(request.headers.get("User-Agent", ""))
    form = PasskeyForm(request.POST or None, initial={"nom": agent})
    if request.method == "POST" and form.is_valid():
        first = factor_state.has_no_strong_factor(account)
        if passkeys.add_passkey(account, form.cleaned_data["cle"], form.cleaned_data["nom"], now):
            return _added(request, "cle-ajoutee", first=first)
        form.add_error("nom", _("The passkey was not added: its answer came too late, or it is known already."))
    context = {"form": form, "options": passkeys.creation_options(account, now)}
    return render(request, "accounts/factors/passkey.html", page_context(request) | context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def passkey_removal(request: StaffRequest, number: int) -> HttpResponse:
    account, now = request.account, timezone.now()
    key = passkey_of(account, number)
    if key is None:
        raise Http404
    last = factor_state.is_last_required(account, today(now))
    if request.method == "POST" and not last:
        passkeys.withdraw_passkey(key, now)
        return HttpResponseRedirect(account_page_url("facteur-retire", ANCHOR))
    return removal_page(
        request, _("the passkey “%(name)s”") % {"name": key.name}, reverse("accounts:factors-passkey"), last=last
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def codes(request: StaffRequest) -> HttpResponse:
    """The list is in the answer to its making, and nowhere afterwards."""
    account, now = request.account, timezone.now()
    if not account.second_factor:
        return HttpResponseRedirect(account_page_url("facteur-d-abord", ANCHOR))
    made = recovery_codes.renew_codes(account, now) if request.method == "POST" else []
    context = {
        "codes": made, "made_at": now, "left": recovery_codes.count_left(account), "count": recovery_codes.COUNT,
        "first": "premier" in request.GET,
        "kept": account.kept_forms.filter(expires_at__gt=now).order_by("expires_at").last(),
    }  # fmt: skip
    return render(request, "accounts/factors/codes.html", page_context(request) | context)


def _added(request: StaffRequest, word: str, *, first: bool) -> HttpResponse:
    """The session that added it has shown it. With the first one the others end, opened by the password alone, perhaps
    by whoever has it too; it leads on to the codes on paper, whose page says so."""
    sessions.note_proof(request.session_record, strong=True, now=timezone.now())
    if first:
        sessions.close_other_sessions(request.account, but=request.session_record)
    if recovery_codes.count_left(request.account):
        return HttpResponseRedirect(account_page_url(word, ANCHOR))
    return HttpResponseRedirect(f"{reverse('accounts:factors-codes')}?premier=1")

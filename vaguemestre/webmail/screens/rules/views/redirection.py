"""Redirecting one's mail: an address, the code sent to it, then it works. Taking it away asks for nothing."""

from functools import partial

from django.core import signing
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.sessions.decorators import freshly_proved
from vaguemestre.courier.mail import AddressUnusableError
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.rules import active_script, forward_targets, redirection as redirections
from vaguemestre.webmail.rules.forward_confirmation import too_soon_text
from vaguemestre.webmail.rules.forward_targets import TargetRefusal, TargetRefusedError, target_refusal_text
from vaguemestre.webmail.screens.rules.redirection_form import CodeForm, RedirectionForm
from vaguemestre.webmail.screens.settings_pages.page import (
    Trouble,
    attempt_change,
    is_first_signin,
    render_settings,
    saved_response,
)

PURPOSE = confirmation_codes.Purpose.REDIRECTION
SALT = "vaguemestre.webmail.redirection"
PROOF_LIFE = 900  # seconds, as the code itself


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def redirection(request: MailboxRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _propose(request)
    return _page(request, RedirectionForm(initial=_known(request)))


@sensitive_post_parameters("code", "preuve")
@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def code(request: MailboxRequest) -> HttpResponseBase:
    """Where the code is typed; reached again from another page or device while it lives."""
    if request.method == "POST":
        return _confirm(request)
    if confirmation_codes.waiting_code(request.mailbox.mailbox, PURPOSE, now=timezone.now()) is None:
        return HttpResponseRedirect(reverse("webmail:redirection"))
    return _code_page(request, CodeForm())


@require_POST
@with_mailbox
def removal(request: MailboxRequest) -> HttpResponse:
    now = timezone.now()
    trouble = attempt_change(
        request.mailbox.key,
        lambda: redirections.remove_redirection(
            request.mailbox.mailbox, by=request.account.key, now=now, agreed=request.POST.get("inclure", "")
        ),
    )
    if trouble:
        return _page(request, RedirectionForm(initial=_known(request)), trouble, act=True)
    here = return_url(request, reverse("webmail:redirection"))
    return toasts.redirect(here, Toast(_("Redirection stopped: mail arrives here")))


@freshly_proved
def _propose(request: MailboxRequest) -> HttpResponse:
    form, now = RedirectionForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        target = forward_targets.parse_target(request.mailbox.mailbox, form.cleaned_data["adresse"])
        confirmation_codes.send_confirmation(request.mailbox.mailbox, PURPOSE, target, now=now)
    except TargetRefusedError as problem:
        form.add_error("adresse", target_refusal_text(problem))
    except AddressUnusableError:
        form.add_error("adresse", target_refusal_text(TargetRefusedError(TargetRefusal.FORM)))
    except confirmation_codes.TooSoonError as problem:
        form.add_error("adresse", too_soon_text(problem))
    else:
        first = "&premiere=1" if is_first_signin(request) else ""
        return HttpResponseRedirect(f"{reverse('webmail:redirection-code')}?copie={form.cleaned_data['copie']}{first}")
    return _page(request, form, status=422)


@freshly_proved
def _confirm(request: MailboxRequest) -> HttpResponse:
    """A code is spent when it is right. If the mail server is away just then, a signed word stands for it."""
    form, now = CodeForm(request.POST), timezone.now()
    target = _proved(request)
    if target is None and form.is_valid():
        target = confirmation_codes.check_confirmation(
            request.mailbox.mailbox, PURPOSE, form.cleaned_data["code"], now=now
        )
    if target is None:
        if not form.errors:
            form.add_error("code", _("This is not the code, or it is no longer good. Look at the latest mail."))
        return _code_page(request, form, status=422)
    act = partial(
        redirections.save_redirection, request.mailbox.mailbox, target,
        keep_copy=RedirectionForm.copy_of(request.POST.get("copie")) == RedirectionForm.KEEP_COPY,
        by=request.account.key, now=now, agreed=request.POST.get("inclure", ""),
    )  # fmt: skip
    try:
        trouble = attempt_change(request.mailbox.key, act)
    except TargetRefusedError as problem:  # meanwhile this colleague has left, or redirects to this person
        return _page(request, _refused(request, target, target_refusal_text(problem)), status=422)
    if trouble:
        return _code_page(request, form, trouble, target=target)
    return saved_response(request, "redirection", _("Mail is redirected from now on"))


def _code_page(
    request: MailboxRequest, form: CodeForm, trouble: Trouble | None = None, *, target: str = "", status: int = 200
) -> HttpResponse:
    waiting = confirmation_codes.waiting_code(request.mailbox.mailbox, PURPOSE, now=timezone.now())
    context = {
        "form": form, "target": target or (waiting.target if waiting else ""),
        "copy": RedirectionForm.copy_of(request.POST.get("copie") or request.GET.get("copie")),
        "proof": signing.dumps([request.mailbox.key, target], salt=SALT) if target else "",
    }  # fmt: skip
    return render_settings(request, "redirection_code", context, trouble=trouble, status=status)


def _proved(request: MailboxRequest) -> str | None:
    """The address whose code was right a moment ago, by this person."""
    try:
        key, target = signing.loads(request.POST.get("preuve", ""), salt=SALT, max_age=PROOF_LIFE)
    except signing.BadSignature:
        return None
    return str(target) if key == request.mailbox.key else None


def _refused(request: MailboxRequest, target: str, said: str) -> RedirectionForm:
    form = RedirectionForm({"adresse": target, "copie": RedirectionForm.copy_of(request.POST.get("copie"))})
    form.add_error("adresse", said)
    return form


def _known(request: MailboxRequest) -> dict[str, object]:
    if (found := redirections.find_redirection(request.mailbox.mailbox)) is None:
        return {}
    return {
        "adresse": found.target,
        "copie": RedirectionForm.KEEP_COPY if found.keep_copy else RedirectionForm.NO_COPY,
    }


def _page(
    request: MailboxRequest, form: RedirectionForm, trouble: Trouble | None = None, *,
    status: int = 200, act: bool = False,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "current": redirections.find_redirection(request.mailbox.mailbox),
        "in_force": None if trouble else active_script.find_active_script(request.mailbox.mailbox, timezone.now()),
        "domain": academy().domain, "allowed": academy().redirections.allowed_domains,
        "waiting": confirmation_codes.waiting_code(request.mailbox.mailbox, PURPOSE, now=timezone.now()),
    }  # fmt: skip
    return render_settings(request, "redirection", context, trouble=trouble, status=status, act=act)

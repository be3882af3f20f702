"""Setting up a program: what to type and where, a password made in place, and whether it has come in."""

from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import projection
from vaguemestre.accounts.factors import qr_code
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, AppPassword
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import freshly_proved_keeping, signed_in, staff_request, stop_response
from vaguemestre.clients import android, apple, programs, recent_connections, servers
from vaguemestre.clients.forms import NameForm
from vaguemestre.clients.programs import Program

LOOKS = 200  # of an open page, three seconds apart: whoever is still there asks again by a press
LOOK = "regard"


@dataclass(frozen=True)
class MadePassword:
    row: AppPassword
    groups: list[str]
    known: bool  # to the mail servers


@require_safe
def programs_page(request: HttpRequest) -> HttpResponse:
    """What a mail program asks for. The names and the ports are those that this installation really listens on."""
    context = {"section": "programs", "programs": programs.PROGRAMS.values(), "account": _account(request)}
    return render(request, "clients/programs.html", context | _servers())


@require_safe
def program(request: HttpRequest, name: str) -> HttpResponse:
    found = _found(name)
    return render(request, "clients/program.html", _context(found, _account(request)))


def _what(_request: StaffRequest) -> str:
    return _("Make an application password")


@require_POST
@signed_in
@partial(freshly_proved_keeping, what=_what)
def password(request: StaffRequest, name: str) -> HttpResponse:
    """The password is in the answer to its making, and nowhere afterwards."""
    found, account = _found(name), request.account
    form = NameForm(request.POST)
    made = None
    if form.is_valid():
        if app_passwords.living_app_passwords(account).count() < app_passwords.MOST:
            row, clear = app_passwords.make_app_password(
                account, form.cleaned_data["nom"], AppPassword.Scope.BOTH, timezone.now()
            )
            made = MadePassword(row, clear.split("-"), projection.is_confirmed(account))
        else:
            form.add_error("nom", _("You have 20 already. Withdraw one that serves no more, then start again."))
    return render(request, "clients/program.html", _context(found, account, form) | {"made": made})


@require_safe
@signed_in
def connection(request: StaffRequest, name: str) -> HttpResponse:
    """The live line, asked for again and again by an open page."""
    context = {"program": _found(name)} | _seen(request.account, _look(request))
    return render(request, "clients/program.html#connexion", context)


@require_safe
@signed_in
def apple_profile(request: StaffRequest) -> HttpResponse:
    try:
        content = apple.profile(request.account)
    except apple.NoKeyError:
        context = _context(programs.APPLE, request.account) | {"unsigned": True}
        return render(request, "clients/program.html", context, status=503)
    name = f"{slugify(academy().domain.replace('.', '-'))}.mobileconfig"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=apple.TYPE, headers=disposition)


def _found(name: str) -> Program:
    found = programs.PROGRAMS.get(name)
    if found is None:
        raise Http404("program")
    return found


def _account(request: HttpRequest) -> Account | None:
    """Of whoever is signed in with nothing left to do first; the page is everybody's all the same."""
    staff = staff_request(request)
    return staff.account if staff and stop_response(staff) is None else None


def _context(found: Program, account: Account | None, form: NameForm | None = None) -> dict[str, object]:
    address = account.address if account else _("your address")
    context: dict[str, object] = {
        "section": "programs", "program": found, "account": account,
        "steps": [str(step) % {"address": address} for step in found.steps],
    }  # fmt: skip
    if account:
        context |= _seen(account, 0) | {"form": form or NameForm(initial={"nom": found.password_name})}
        if found is programs.ANDROID:
            context["picture"] = qr_code.render_qr_code(android.import_text(account))
    return context | _servers()


def _servers() -> dict[str, object]:
    return {"reading": servers.reading(), "sending": servers.sending(), "provider": servers.provider()}


def _seen(account: Account, look: int) -> dict[str, object]:
    now = timezone.now()
    return {
        "now": now,
        "connections": recent_connections.last_of(account, now),
        "look": look + 1,
        "looks": look < LOOKS,
    }


def _look(request: HttpRequest) -> int:
    said = request.GET.get(LOOK, "")
    return int(said) if said.isdecimal() and len(said) < 5 else 0

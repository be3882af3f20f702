"""A form sent from a page without script after its session had ended, or before a proof that it asks for: nothing is
done, and nothing is lost.

Kept sealed for a day, for the person whose page it was and nobody else; offered again once they are back. Passwords are
never kept, nor files: the page names those that must be chosen again.
"""

import inspect
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.html import strip_tags

from vaguemestre.accounts.models import Account, KeptForm
from vaguemestre.accounts.secret_sealing import Purpose, SealError, seal, unseal
from vaguemestre.accounts.sessions import page_owner

KEPT = timedelta(days=1)
KEPT_FOR_PROOF = timedelta(minutes=30)
MOST = 20  # a person
LONGEST = 2 * 1024 * 1024
SENT_AGAIN = "repris"  # the field by which a kept form says that it was one
_NOT_KEPT = {"csrfmiddlewaretoken", SENT_AGAIN}


@dataclass(frozen=True)
class SavedForm:
    """`fields` in the order they came, a name as often as it had values; `files` by the field they were chosen in."""

    path: str
    fields: list[tuple[str, str]]
    files: dict[str, list[str]]
    what: str = ""  # the act that waited for a proof, in words

    @property
    def texts(self) -> list[str]:
        """What a person typed, as far as one can tell: to be recognised, and copied if all else fails."""
        typed = [value for _name, value in self.fields if "\n" in value or (" " in value and len(value) > 40)]
        plain = [value for value in typed if not value.startswith("<")]
        return plain or [strip_tags(value) for value in typed]  # a formatted text often has its words beside it

    @property
    def words(self) -> list[str]:
        """Every answer of several words, however short: an agent's reason is one."""
        return [value for _name, value in self.fields if " " in value.strip()]

    @property
    def rest(self) -> list[tuple[str, str]]:
        """Whatever else is sent: nobody presses for what they do not see."""
        return [(name, value) for name, value in self.fields if value.strip() and " " not in value.strip()]


def save_form(request: HttpRequest, *, now: datetime) -> str | None:
    """The key under which it is found again; None when nobody knows whose it is, or when there is nothing to keep."""
    owner = page_owner.last_account(request)
    form = _of(request)
    return _keep(owner, form, now) if owner and (form.fields or form.files) else None


def save_for_proof(request: HttpRequest, account: Account, what: str, *, now: datetime) -> str | None:
    """Of whoever is signed in, also when nothing was typed: a button is pressed again as well. None when there are too
    many already."""
    return _keep(account, replace(_of(request), what=what), now, lasts=KEPT_FOR_PROOF)


def holds_secret(request: HttpRequest) -> bool:
    """Whether it bears what its view calls sensitive. For what has not come to its view, which says so as it is called:
    Django's mark is read from it."""
    view: Callable[..., object] | None = request.resolver_match.func if request.resolver_match else None
    named = set[str]()
    while view is not None:
        if _is_marked(view):
            names = inspect.getclosurevars(view).nonlocals["parameters"]
            named.update(names or request.POST)
        view = getattr(view, "__wrapped__", None)
    return any(value for name in named for value in request.POST.getlist(name))


def forget_sent_form(request: HttpRequest, account: Account) -> None:
    if key := request.POST.get(SENT_AGAIN):
        account.kept_forms.filter(key=key[:32]).delete()


def find_saved_form(account: Account, key: str, *, now: datetime) -> SavedForm | None:
    """Somebody else's is not there, as what is not."""
    kept = account.kept_forms.filter(key=key, expires_at__gt=now).first()
    if kept is None:
        return None
    try:
        path, fields, files, *what = json.loads(unseal(kept.sealed, Purpose.KEPT_FORM))
    except SealError:
        return None
    files = files if isinstance(files, dict) else {}
    return SavedForm(path, [(name, value) for name, value in fields], files, *what)


def _keep(owner: Account, form: SavedForm, now: datetime, *, lasts: timedelta = KEPT) -> str | None:
    if owner.kept_forms.filter(expires_at__gt=now).count() >= MOST:
        return None
    text = json.dumps([form.path, form.fields, form.files, form.what])
    if len(text) > LONGEST:
        return None
    key = secrets.token_hex(16)
    sealed = seal(text.encode(), Purpose.KEPT_FORM)
    KeptForm.objects.create(key=key, account=owner, sealed=sealed, expires_at=now + lasts)
    return key


def _is_marked(view: Callable[..., object]) -> bool:
    code = getattr(view, "__code__", None)
    return code is not None and code.co_name == "sensitive_post_parameters_wrapper"


def _of(request: HttpRequest) -> SavedForm:
    sensitive = getattr(request, "sensitive_post_parameters", None) or []
    if sensitive == "__ALL__":
        return SavedForm(request.path, [], {})
    left_out = _NOT_KEPT.union(sensitive)
    fields = [(name, value) for name, values in request.POST.lists() if name not in left_out for value in values]
    files = {name: [upload.name or "" for upload in uploads] for name, uploads in request.FILES.lists()}
    return SavedForm(request.get_full_path(), fields, files)

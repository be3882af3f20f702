"""Queries whose SQL is made once (`web/compiled_query.py`) give the objects that their query sets give."""

from collections.abc import Callable

import pytest
from django.db.models import Model
from django.utils import timezone

from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.otp import holder
from vaguemestre.accounts.otp.testing import hold
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.testing import make_account
from vaguemestre.web.compiled_query import CompiledQuery
from vaguemestre.webmail.models import Preferences, Redirection
from vaguemestre.webmail.preferences import summary

pytestmark = pytest.mark.django_db


def _session(account: Account) -> str:
    now = timezone.now()
    assert sessions.open_session(account, shared_computer=False, address="127.0.0.1", agent="test", now=now)
    return str(Session.objects.get().token_hash)


def _preferences(account: Account) -> str:
    now = timezone.now()
    Preferences.objects.create(account=account, folded=["a", "b"], changed_at=now)
    Redirection.objects.create(account=account, target="ailleurs@ecole.example", keep_copy=True, set_at=now)
    return account.key


def _key(account: Account) -> str:
    hold(account)
    return account.identifier


def _facts(one: Model, *of: Model) -> dict[str, object]:
    """All that was read, with the objects that it refers to (`of`: and that refer back)."""
    state = {**one.__dict__, **one._state.fields_cache, "_state": (one._state.db, one._state.adding)}
    return {
        name: _facts(value, one, *of) if isinstance(value, Model) and value not in of else str(value)
        for name, value in state.items()
    }


@pytest.mark.parametrize(
    ("query", "row"),
    [(sessions.BY_TOKEN_HASH, _session), (summary._CHOSEN, _preferences), (holder.BY_NAME, _key)],
    ids=["joined", "annotated", "joined where it applies"],
)
def test_the_same_objects_as_of_the_query_set[M: Model](query: CompiledQuery[M], row: Callable[[Account], str]) -> None:
    value = row(make_account())
    for _ in range(2):  # made, and made already
        (there,), (plain,) = query.all(value), query.make(value)
        assert _facts(there) == _facts(plain)
    assert query.first("nobody") is None


def test_what_an_object_refers_to_is_there_or_none() -> None:
    query = CompiledQuery(lambda key: Account.objects.select_related("person", "subject").filter(pk=key))
    account = make_account()
    found, plain = query.first(account.key), query.make(account.key).get()
    assert found is not None
    assert _facts(found) == _facts(plain)

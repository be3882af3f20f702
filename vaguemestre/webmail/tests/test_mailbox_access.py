"""Every view that opens mail knows whose it is and who reads; what is kept for one reader is never another's."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.mailbox.imap.conversations.account_files import AccountFiles
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.testing import Cast
from vaguemestre.webmail import urls
from vaguemestre.webmail.mailbox_access import MailboxAccess, MailboxRequest, with_mailbox

FOR_ANYBODY = {"notices"}  # the service worker: nobody's mail
TEACHER, HEAD, SCHOOL = (Account(key=f"a000000{number}") for number in (1, 2, 3))


def decorators(view: Callable[..., Any]) -> Iterator[CodeType]:
    found: Any = view
    while found is not None:
        yield found.__code__
        found = getattr(found, "__wrapped__", None)


@with_mailbox
def probe(request: MailboxRequest) -> HttpResponse:
    return HttpResponse(request.mailbox.key)


_signed_in, OPENED, _view = decorators(probe)


@pytest.mark.parametrize(
    "pattern", [one for one in urls.urlpatterns if isinstance(one, URLPattern)], ids=lambda pattern: pattern.name
)
def test_each_view_knows_whose_mail_it_shows(pattern: Any) -> None:
    assert (OPENED in decorators(pattern.callback)) is (pattern.name not in FOR_ANYBODY)


def test_the_mailbox_is_ones_own_and_opened_under_the_access(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def refuse(_pool: Pool, user: str, **_more: Any) -> None:
        opened.append(user)
        raise MailboxUnavailableError("not in this test")

    monkeypatch.setattr(Pool, "session", refuse)
    sign_in(client, cast.teacher)
    request = client.get(reverse("webmail:home")).wsgi_request
    assert getattr(request, "mailbox", None) == MailboxAccess.own(cast.teacher)
    assert set(opened) == {cast.teacher.key}


def test_what_was_kept_and_signed_for_ones_own_mailbox_stays_known() -> None:
    own = MailboxAccess.own(TEACHER)
    assert (own.mailbox, own.reader, own.rights) == (TEACHER, TEACHER, MailboxRights.OWNER)
    assert own.key == TEACHER.key


def test_no_two_accesses_have_one_key(tmp_path: Path) -> None:
    people = [TEACHER, HEAD, SCHOOL]
    keys = {MailboxAccess(box, reader, MailboxRights.MEMBER).key for box in people for reader in people}
    assert len(keys) == len(people) ** 2
    for key in keys:
        AccountFiles(tmp_path).forget(key)  # a name that a file may bear


def test_the_rights_change_no_key() -> None:
    assert len({MailboxAccess(SCHOOL, HEAD, rights).key for rights in MailboxRights}) == 1

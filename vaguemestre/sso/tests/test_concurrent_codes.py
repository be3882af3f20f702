"""Two who hold the same code, or the same refresh token, at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.sso.models import RefreshToken
from vaguemestre.sso.testing import RelyingParty, make_application

pytestmark = pytest.mark.django_db(transaction=True)


def both(act: Any) -> list[int]:
    start = Barrier(2)

    def one(_number: int) -> int:
        try:
            start.wait(timeout=20)
            return int(act(Client()).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(one, range(2)))


def test_one_is_served_and_then_nobody_is(client: Client) -> None:
    sign_in(client, make_account())
    relying = RelyingParty(make_application(own=True))
    code = relying.code(client)
    assert both(lambda outside: relying.redeem(outside, code)) == [200, 400]
    assert not RefreshToken.objects.filter(revoked_at=None).exists()


def test_the_same_of_a_refresh_token(client: Client) -> None:
    sign_in(client, make_account())
    relying = RelyingParty(make_application(own=True))
    given = relying.tokens(client)
    assert both(lambda outside: relying.refresh(outside, given["refresh_token"])) == [200, 400]
    assert not RefreshToken.objects.filter(revoked_at=None).exists()

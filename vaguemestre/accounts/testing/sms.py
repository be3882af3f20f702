"""What a phone received, in the tests of this room."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import LazySettings
from django.utils import timezone

from vaguemestre.accounts.models import Account, RescueContact
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.courier.mail import DELIVER
from vaguemestre.courier.testing import Gateway

PHONE, NUMBER = "06 12 34 56 42", "+33612345642"


@pytest.fixture
def gateway(settings: LazySettings) -> Iterator[Gateway]:
    """A real one on a socket, and the installation is told of it."""
    made = Gateway()
    settings.SMS = made.settings()
    yield made
    made.stop()


def leave(now: datetime | None = None) -> None:
    """What the tasks process does a second later; mails are left aside, there may be no Postfix."""
    Due.objects.filter(job=DELIVER.name).delete()
    due.run(now or timezone.now())


def last_code(gateway: Gateway, now: datetime | None = None) -> str:
    leave(now)
    found = re.search(r"code (\d{6,8})\b", gateway.texts[-1][1])
    assert found, gateway.texts
    return found[1]


def confirm_phone(account: Account, *, phone: str = PHONE, **facts: object) -> RescueContact:
    """As if a code had been typed some time ago."""
    told = {"phone": phone, "phone_confirmed_at": timezone.now(), **facts}
    return RescueContact.objects.update_or_create(account=account, defaults=told)[0]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"

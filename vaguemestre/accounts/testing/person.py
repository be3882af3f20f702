"""Somebody at the sign-in who reads the picture when there is one, as robots do not."""

from typing import TYPE_CHECKING

from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.captcha.testing import read_from

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ROBOT = "Une chose encore."
ROBOT_IN_PLACE = "Montrez-nous qu’une personne essaie"


def post_as_a_person(
    client: Client, url: str, data: dict[str, str], headers: dict[str, str] | None = None
) -> "Response":
    response = client.post(url, data, headers=headers)
    page = response.content.decode()
    if ROBOT not in page and ROBOT_IN_PLACE not in page:
        return response
    return client.post(url, data | read_from(page, now=timezone.now()), headers=headers)

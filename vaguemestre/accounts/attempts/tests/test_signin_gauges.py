"""Sign-ins by door and result, counted where they are noted."""

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.attempts import attempt_log
from vaguemestre.accounts.models import SignIn
from vaguemestre.testing import PASSWORD, Cast


def counted(door: str, result: str) -> float:
    labels = {"door": door, "result": result}
    [figure] = [one.value for one in attempt_log.signin_gauges(timezone.now()) if one.labels == labels]
    return figure


def test_a_sign_in_on_the_web_is_counted(client: Client, cast: Cast) -> None:
    good, wrong = counted("web", "good"), counted("web", "wrong")
    for password in ("autre chose", PASSWORD):
        client.post("/session/", {"identifiant": cast.teacher.identifier, "secret": password})
    assert (counted("web", "good"), counted("web", "wrong")) == (good + 1, wrong + 1)


@pytest.mark.parametrize("channel", [SignIn.Channel.IMAP, SignIn.Channel.SMTP])
def test_each_time_counts_though_one_line_is_kept(cast: Cast, channel: SignIn.Channel) -> None:
    before = counted(channel, "wrong")
    for _ in range(3):
        attempt_log.note_attempt(
            cast.teacher, SignIn.Result.WRONG, channel=channel, address="192.0.2.7", agent="", now=timezone.now()
        )
    assert counted(channel, "wrong") == before + 3
    assert SignIn.objects.filter(account=cast.teacher, channel=channel).count() == 1

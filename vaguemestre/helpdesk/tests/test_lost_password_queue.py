"""The queue: oldest first, one agent a request, ended by what that agent does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.lost_password import helpdesk_queue
from vaguemestre.accounts.models import Account, ResetRequest
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk, make_teacher


def ask(account: Account, number: str, *, hours: int = 1) -> ResetRequest:
    helpdesk_queue.ask_helpdesk(
        account, ResetRequest.Reason.NO_CONTACT, number=number, now=timezone.now() - timedelta(hours=hours)
    )
    return ResetRequest.objects.get(account=account, state=ResetRequest.State.OPEN)


@pytest.fixture
def waiting(desk: Desk) -> ResetRequest:
    return ask(desk.teacher, "R-111")


def test_a_department_s_own_oldest_first_and_counted_in_the_masthead(desk: Desk, waiting: ResetRequest) -> None:
    ask(make_teacher("Paul", "Ancien"), "R-000", hours=9)
    ask(desk.neighbour, "R-999")
    page = at_the_desk(desk.somme).get(reverse("helpdesk:requests")).content.decode()
    assert page.index("R-000") < page.index("R-111")
    assert "R-999" not in page
    assert '<span class="tag tag-count">2' in page


def test_one_agent_takes_it_and_the_other_is_told(desk: Desk, waiting: ResetRequest) -> None:
    address = reverse("helpdesk:request-take", args=[waiting.pk])
    assert desk.teacher.key in at_the_desk(desk.somme).post(address).headers["Location"]
    assert "trop-tard" in at_the_desk(desk.rectorat).post(address).headers["Location"]
    waiting.refresh_from_db()
    assert waiting.taken_by == desk.somme


def test_another_department_s_request_is_not_there(desk: Desk, waiting: ResetRequest) -> None:
    client = at_the_desk(desk.aisne)
    assert client.post(reverse("helpdesk:request-take", args=[waiting.pk])).status_code == 404
    assert client.post(reverse("helpdesk:request-refuse", args=[waiting.pk]), {"reason": "x"}).status_code == 404


def test_a_temporary_password_answers_it(desk: Desk, waiting: ResetRequest) -> None:
    at_the_desk(desk.somme).post(reverse("helpdesk:pass", args=[desk.teacher.key]), {"in_person": "on"})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.handled_by) == (ResetRequest.State.HANDLED, desk.somme.key)


def test_a_refusal_says_why(desk: Desk, waiting: ResetRequest) -> None:
    client = at_the_desk(desk.somme)
    typed = "x" * 301
    for reason, said in (("", "Il manque"), ("  ", "Il manque"), (typed, typed)):
        answer = client.post(reverse("helpdesk:request-refuse", args=[waiting.pk]), {"reason": reason})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == ResetRequest.State.OPEN
    client.post(reverse("helpdesk:request-refuse", args=[waiting.pk]), {"reason": "identité non prouvée"})
    waiting.refresh_from_db()
    assert "identité non prouvée" in waiting.note

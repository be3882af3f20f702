from django.test import Client

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.testing import sign_in
from vaguemestre.testing import Cast


def test_every_office_can_be_called_with_one_press(client: Client, db: None) -> None:
    page = client.get("/bv/").content.decode()
    for department in academy().departments:
        assert department.office.phone in page
        assert f'href="tel:+33{department.office.phone.replace(" ", "")[1:]}"' in page
    assert "tel:+33322823823" in page


def test_nothing_is_asked_that_no_page_answers(client: Client, db: None) -> None:
    page = client.get("/bv/").content.decode()
    assert "<input" not in page
    assert "<form" not in page


def test_whoever_is_signed_in_can_leave_from_here_too(client: Client, cast: Cast) -> None:
    sign_out = 'action="/session/fin/"'
    assert sign_out not in client.get("/bv/").content.decode()
    sign_in(client, cast.teacher)
    assert sign_out in client.get("/bv/").content.decode()
    assert sign_out in client.get("/nulle-part/").content.decode()

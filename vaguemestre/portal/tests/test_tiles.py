"""Doors of the home page that another room says a sentence on."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from vaguemestre.accounts.testing import sign_in
from vaguemestre.portal import tiles
from vaguemestre.sso.models import Application
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    tiles._addresses.cache_clear()
    yield
    tiles._addresses.cache_clear()


def home(client: Client) -> str:
    return client.get("/portail/").content.decode()


def test_the_sentence_is_asked_for_by_address(client: Client, cast: Cast, settings: Settings) -> None:
    settings.HOME_TILES = {"dossier": "portal:state", "autre": "portal:state"}
    make_application("Dossier", slug="dossier", summary="Votre dossier.")
    sign_in(client, cast.teacher)
    page = home(client)
    assert 'hx-get="/etat/"' in page
    assert "Votre dossier." in page  # until it comes
    Application.objects.update(shut_reason="Travaux.")
    assert 'hx-get="/etat/"' not in home(client)


def test_a_room_that_is_not_there_is_left_out(client: Client, cast: Cast, settings: Settings) -> None:
    settings.HOME_TILES = {"dossier": "nulle:part"}
    make_application("Dossier", slug="dossier")
    sign_in(client, cast.teacher)
    assert client.get("/portail/").status_code == 200

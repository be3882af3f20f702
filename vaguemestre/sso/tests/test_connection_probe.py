"""The test button: what answered, in words, and nothing that lies inside is reached."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from vaguemestre.sso.registry import connection_probe
from vaguemestre.sso.testing import make_application
from vaguemestre.strangers import Trap, say, trapped

pytestmark = pytest.mark.django_db


@pytest.fixture
def trap(settings: Settings) -> Iterator[Trap]:
    settings.OUTSIDE = settings.OUTSIDE | {"permitted": "127.0.0.1"}
    with trapped() as server:
        yield server


def test_each_address_once_with_what_it_answers(trap: Trap) -> None:
    trap.answers["/accueil"] = lambda request: say(request, 302, headers={"Location": "/connexion"})
    trap.answers["/adieu"] = lambda request: say(request, 503)
    application = make_application(
        home=f"{trap.url}/accueil", redirect_uris=f"{trap.url}/retour {trap.url}/retour2",
        backchannel_logout_uri=f"{trap.url}/adieu",
    )  # fmt: skip
    home, back, told = connection_probe.probe_connection(application)
    assert home.good
    assert "conduit ailleurs" in home.said
    assert back.good
    assert back.address == f"{trap.url}/"
    assert not told.good
    assert "en panne (503)" in told.said
    assert sorted(line.split()[0] for line, _headers, _form in trap.heard) == ["HEAD"] * 3


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/",
        "https://localhost:8443/",
        "https://[::1]/",
    ],
)
def test_what_lies_inside_is_not_tried(address: str, settings: Settings) -> None:
    settings.OUTSIDE = settings.OUTSIDE | {"permitted": ""}
    [home, *_back] = connection_probe.probe_connection(make_application(home=address))
    assert not home.good
    assert "Non essayée d’ici" in home.said


def test_nobody_there(trap: Trap) -> None:
    [home, *_back] = connection_probe.probe_connection(make_application(home="http://127.0.0.1:1/", redirect_uris=""))
    assert "Personne ne répond" in home.said


def test_a_page_of_ours(db: None) -> None:
    [home] = connection_probe.probe_connection(make_application(home="/iprof/", redirect_uris=""))
    assert home.good

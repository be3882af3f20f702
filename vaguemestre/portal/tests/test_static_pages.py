import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/donnees-personnelles/", "Délégué à la protection des données"),
        ("/accessibilite/", "Aucun audit RGAA n’a encore été fait."),
    ],
)
def test_the_footer_s_pages_are_alive_for_everybody(client: Client, db: None, address: str, words: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert words in response.content.decode()


def test_no_conformity_is_claimed(client: Client, db: None) -> None:
    assert "partiellement conforme" not in client.get("/accessibilite/").content.decode().lower()

from django.test import Client

from vaguemestre.accounts.testing import sign_in
from vaguemestre.testing import Cast


def test_the_intranet_s_door_stands_open_and_leads_to_the_same_sign_in(client: Client, db: None) -> None:
    page = client.get("/intranet/").content.decode()
    assert "Accès rapides" in page
    assert 'href="/intranet/outils/"' in page
    response = client.get("/intranet/outils/")
    assert response.status_code == 302
    assert "next=%2Fintranet%2Foutils%2F" in response.headers["Location"]


def test_behind_it_lies_the_way_to_the_webmail(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    page = client.get("/intranet/outils/").content.decode()
    assert "Intranet, Référentiel et Outils" in page
    assert "Accès au webmail" in page
    assert 'href="/webmail/"' in page

"""Who is a person, a service or a list: by the address, by the name, by what the message says of itself."""

import pytest

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.messages import Address
from vaguemestre.webmail.people.correspondents import HOUSE, MEGAPHONE, avatar

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "local", "house"),
    [
        ("Karim Belkacem", "karim.belkacem", False), ("BELKACEM Karim", "karim.belkacem", False),
        ("Jean-Luc de La Tour", "jeanluc.delatour2", False), ("Sophie Petit", "sophie.marchand", False),
        ("M. Dupont", "jean.dupont", False), ("", "jean.dupont", False),
        ("Hervé Delannoy, IA-IPR de lettres", "herve.delannoy", False),
        ("Bureau des examens", "examens.dec3", True), ("Rectorat, secrétariat général", "secretariat.general", True),
        ("DSDEN de la Somme", "accueil.dsden80", True), ("Rectorat", "communication", True), ("", "ce.0801234a", True),
    ],
)  # fmt: skip
def test_a_person_bears_initials_a_service_a_house(name: str, local: str, house: bool) -> None:
    face = avatar(Address(name, f"{local}@{academy().domain}"), ())
    assert (face.shape == HOUSE, "avatar-service" in face.css) == (house, house)
    assert ("<svg" in face.face) == house


def test_a_list_bears_a_megaphone_but_a_colleague_who_writes_there_stays_a_person() -> None:
    service = Address("Rectorat", f"communication@{academy().domain}")
    shop = Address("Boutique", "nouvelles@boutique.example")
    colleague = Address("Karim Belkacem", f"karim.belkacem@{academy().domain}")
    assert [avatar(one, (), from_list=True).shape for one in (service, shop, colleague)] == [MEGAPHONE, MEGAPHONE, ""]
    assert avatar(shop, ()).shape == ""
    assert avatar(shop, (), from_list=True).css == "avatar avatar-outside"

"""Domains and names made to be taken for others."""

import pytest

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.messages import Address
from vaguemestre.webmail.trust import lookalikes
from vaguemestre.webmail.trust.lookalikes import imitated_domain, named_address, names_an_office


@pytest.mark.parametrize(
    "domain",
    [
        "ac-amlens.fr", "ac-amiens.fr.example.com", "ac-amiens.com", "ac-amiens-fr.example", "acamiens.fr",
        "ac-arniens.fr", "ac-amien.fr", "ac-amienss.fr", "ac-maiens.fr", "webmail-ac-amiens.fr", "ac-amiens.support",
        "xn--c-amiens-06g.fr",
        "аc-amiens.fr", "ac-amіens.fr", "ас-аміеnѕ.fr", "AC-AMIENS.CO",
        "ac-arniens.example", "education.gouv.fr.example",
        "educatlon.gouv.fr", "education-gouv.fr", "x.ac-amiens.fr.evil.example",
    ],
)  # fmt: skip
def test_imitations(domain: str) -> None:
    assert imitated_domain(domain) in {"ac-amiens.fr", "education.gouv.fr"}


@pytest.mark.parametrize(
    "domain",
    ["ac-amiens.fr", "pod.ac-amiens.fr", "ac-lille.fr", "ac-reims.fr", "education.gouv.fr", "mail.education.gouv.fr",
     "orange.fr", "amiens.fr", "ville-amiens.fr", "u-picardie.fr", "gouv.fr", "impots.gouv.fr", "xn--lan-9la.example",
     "", "localhost"],
)  # fmt: skip
def test_ordinary_domains(domain: str) -> None:
    assert imitated_domain(domain) == ""


def test_an_address_in_the_name() -> None:
    assert named_address(Address("chef@ac-amiens.fr", "x@evil.example")) == "chef@ac-amiens.fr"
    for name in ("chef＠ac-amiens.fr", "chef @ ac-amiens.fr", "chef﹫ac-amiens．fr", "Le chef <chef @ac-amiens.fr>"):
        assert named_address(Address(name, "x@evil.example")) == "chef@ac-amiens.fr"
    assert named_address(Address("Atelier @ Amiens", "x@evil.example")) == ""
    assert named_address(Address("x@evil.example", "x@evil.example")) == ""
    assert named_address(Address("Sophie (Marchand)", "x@evil.example")) == ""


@pytest.mark.parametrize(
    ("name", "address", "is_one"),
    [
        ("Rectorat d’Amiens", "x@gmail.com", True), ("DSDEN 80", "x@gmail.com", True),
        ("M. le Recteur", "x@evil.fr", True), ("IA-DASEN de la Somme", "x@evil.fr", True),
        ("Inspectrice d’académie", "x@evil.fr", True), ("L’inspecteur de l’Éducation", "x@evil.fr", True),
        ("Bureau de l'inspection académique", "x@evil.fr", True), ("Inspecteur du permis", "x@evil.fr", False),
        ("Académie d'Amiens", "x@evil.fr", True), ("Académie d’Amiens", "x@evil.fr", True),
        ("Éducation Nationale", "x@evil.fr", True), ("Rectorat", "x@ac-lille.fr", False),
        ("Ministère de l’Éducation", "x@education.gouv.fr", False), ("Rectorat", "x@ac-arniens.fr", True),
        ("Amiens Métropole", "x@amiens.fr", False), ("Sophie Marchand", "x@gmail.com", False),
        ("", "x@gmail.com", False), ("Rесtorаt", "x@gmail.com", True), ("RЕСТОRАТ", "x@gmail.com", True),
        ("Rеϲtοrаt dе l’académiе", "x@gmail.com", True), ("Rect0rat", "x@gmail.com", True),
        ("RECT0RAT", "x@gmail.com", True),
        ("D.S.D.E.N. de la Somme", "x@gmail.com", True), ("D. S. D. E. N. 80", "x@gmail.com", True),
        ("D S D E N", "x@gmail.com", True), ("DSDEN80", "x@gmail.com", True), ("DSDEN-80", "x@gmail.com", True),
        ("I.A.-D.A.S.E.N.", "x@gmail.com", True), ("1nspecteur d’académie", "x@gmail.com", True),
        ("Dupont A. D.S.D.E.N.", "x@gmail.com", True), ("Ministère de l'Éducati0n", "x@gmail.com", True),
        ("J. P. D. Martin", "x@gmail.com", False), ("Анна Петрова", "x@gmail.com", False),
        ("Recto 80", "x@gmail.com", False),
        ("D.S.D.E.N. du Nord", "x@ac-lille.fr", False),
        ("Support Messagerie Académique", "x@evil.fr", True), ("Messagerie de l’académie", "x@evil.fr", True),
        ("La messagerie acadérnique", "x@evil.fr", True), ("Webmail académique", "x@evil.fr", True),
        ("Vaguemestre", "x@evil.fr", True), ("Équipe Vaguemestre", "x@evil.fr", True),
        ("Messagerie académique", "x@ac-lille.fr", False), ("Messagerie Orange", "x@evil.fr", False),
        ("Échecs académiques", "x@evil.fr", False), ("Messagerie rapide", "x@evil.fr", False),
    ],
)  # fmt: skip
def test_offices(name: str, address: str, is_one: bool) -> None:
    assert names_an_office(Address(name, address)) is is_one


def test_the_name_that_the_authority_gave_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = academy()
    named = ours.model_copy(update={"brand": ours.brand.model_copy(update={"name": "Courrier d’Amiens"})})
    monkeypatch.setattr(lookalikes, "academy", lambda: named)
    assert names_an_office(Address("Courrier d'Amiens – sécurité", "x@evil.fr"))
    for ordinary in ("Le Courrier picard", "Vaguemestre du CHU"):
        assert not names_an_office(Address(ordinary, "x@evil.fr"))


@pytest.mark.parametrize("name", ["Messagerie", "!"])
def test_a_name_that_anybody_may_have_accuses_nobody(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    ours = academy()
    named = ours.model_copy(update={"brand": ours.brand.model_copy(update={"name": name})})
    monkeypatch.setattr(lookalikes, "academy", lambda: named)
    assert not names_an_office(Address("Messagerie vocale de l’Orangerie", "x@evil.fr"))

import pytest

from vaguemestre.letters.address_block import LINE, AddressRefusedError, Name, address_block

LILI = Name("Mme", "Lili", "Hocquet")


def test_the_last_three_lines_are_in_capitals_without_accent_or_punctuation() -> None:
    lines = ["Bâtiment C, appt. 12", "Résidence « Les Jacobins »", "8, rue de l’Œuf-d’Or", "80000 Amiens"]
    assert address_block(LILI, lines) == [
        "Mme Lili Hocquet",
        "Bâtiment C, appt. 12",
        "RESIDENCE LES JACOBINS",
        "8 RUE DE L OEUF D OR",
        "80000 AMIENS",
    ]


def test_the_name_keeps_its_accents_and_apostrophe() -> None:
    name = Name("Mme", "Anne-Cécile", "d’Hervé")
    assert address_block(name, ["1 rue Haute", "02000 Laon"])[0] == "Mme Anne-Cécile d’Hervé"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (Name("Mme", "Anne-Sophie", "Vandermeersch-Delattre"), "Mme Anne-Sophie Vandermeersch-Delattre"),  # just 38
        (Name("Mme", "Anne-Sophia", "Vandermeersch-Delattre"), "Mme Anne-Sophia Vandermeersch-Delattre"),
        (Name("Mme", "Marie-Christine", "Vandermeersch-Delattre"), "Mme Marie-C Vandermeersch-Delattre"),
        (Name("Mme", "Marie-Christine", "Vandermeersch-Delattre-Roy"), "Mme Marie-C Vandermeersch-Delattre-Roy"),
        (Name("Mme", "Marie-Christine", "Vandermeersch-Delattre-Leroy"), "Mme M-C Vandermeersch-Delattre-Leroy"),
    ],
)
def test_a_long_name_loses_letters_of_its_first_names_only(name: Name, line: str) -> None:
    block = address_block(name, ["1 rue Haute", "02000 Laon"])
    assert block[0] == line
    assert len(block[0]) <= LINE


def test_a_family_name_of_more_than_38_letters_is_reported_not_cut() -> None:
    with pytest.raises(AddressRefusedError, match="38"):
        address_block(Name("M.", "Jean", "A" * 39), ["1 rue Haute", "02000 Laon"])


def test_a_long_street_is_abbreviated_from_its_kind_then_titles_then_first_names() -> None:
    street = "125, boulevard du Maréchal Alexandre de Lattre de Tassigny"
    assert address_block(LILI, [street, "80000 Amiens Cedex 1"])[1:] == [
        "125 BD DU MAL A DE LATTRE DE TASSIGNY",
        "80000 AMIENS CEDEX 1",
    ]


def test_only_as_much_as_needed_is_abbreviated() -> None:
    block = address_block(LILI, ["12 avenue du Général Jean-Baptiste Clément", "80000 Amiens"])
    assert block[1] == "12 AV DU GENERAL JEAN BAPTISTE CLEMENT"


def test_a_line_that_no_rule_shortens_is_reported() -> None:
    with pytest.raises(AddressRefusedError, match="LLANFAIR"):
        address_block(LILI, ["LLANFAIRPWLLGWYNGYLLGOGERYCHWYRNDROBWLLLLANTYSILIO 1", "80000 Amiens"])


def test_a_foreign_address_has_its_country_as_a_seventh_line() -> None:
    lines = ["Bus 3", "Huis 12", "Verdieping 1", "Grote Markt 5", "7500 Doornik", "Belgique"]
    block = address_block(Name("M.", "Jan", "Peeters"), lines)
    assert block[-3:] == ["GROTE MARKT 5", "7500 DOORNIK", "BELGIQUE"]
    assert len(block) == 7


def test_france_is_not_a_foreign_country() -> None:
    assert address_block(LILI, ["1 rue Haute", "02000 Laon", "France"])[-1] == "02000 LAON"


@pytest.mark.parametrize(
    "lines", [[], ["", "  "], ["Amiens"], ["a", "b", "c", "d", "e", "80000 Amiens"], ["1 rue Haute\n", " \t"]]
)
def test_what_is_no_address_is_reported(lines: list[str]) -> None:
    with pytest.raises(AddressRefusedError):
        address_block(LILI, lines)


def test_control_characters_and_line_breaks_never_make_another_line() -> None:
    block = address_block(LILI, ["1 rue\r\nHaute\x00\u2028bis", "02000\tLaon"])
    assert block[1:] == ["1 RUE HAUTE BIS", "02000 LAON"]


def test_the_administration_s_own_post_needs_no_postcode() -> None:
    assert address_block(LILI, ["S/C Collège des Tilleuls", "Amiens"], internal=True)[1:] == [
        "S C COLLEGE DES TILLEULS",
        "AMIENS",
    ]

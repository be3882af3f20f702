"""Forms of French words that one beginning finds, or two."""

import pytest

from vaguemestre.mailbox.mime.word_stems import fold, stems, whole_form


@pytest.mark.parametrize(
    "same",
    [
        "travail travaux", "bail baux", "vitrail vitraux", "premier première premiers premières",
        "infirmier infirmières", "conseillère conseillers", "professeure professeurs", "chef cheffe cheffes",
        "lycéen lycéennes", "collégienne collégiens", "oral oraux orale", "local locaux locales",
        "général généraux générale", "nouveau nouvelle nouveaux nouvelles nouvel", "tuteur tutrice tuteurs",
        "recteur rectrices", "animateur animatrice", "directeur directrices", "professionnel professionnelle",
        "inscrit inscrites", "élève élèves", "journal journaux", "bureau bureaux", "eau eaux", "œil yeux",
        "vieux vieil vieille",
        "actif active actifs actives", "heureuse heureuses heureux", "vendeur vendeuse vendeurs", "animal animaux",
    ],
)  # fmt: skip
def test_forms_of_one_word_find_one_another(same: str) -> None:
    words = same.split()
    for typed in words:
        assert all(fold(other).startswith(stems(typed)) for other in words), (typed, stems(typed))
        assert fold(typed).startswith(stems(typed)[0])  # names of files are looked for by the first
        assert len(stems(typed)) <= 2


@pytest.mark.parametrize(
    ("typed", "other"), [("jeux", "jeudi"), ("chère", "cher"), ("personne", "perte"), ("mère", "mercredi")]
)
def test_no_word_is_cut_to_what_begins_many(typed: str, other: str) -> None:
    assert not fold(other).startswith(stems(typed))


@pytest.mark.parametrize(
    ("typed", "one", "others"),
    [
        ("jeux", "jeu", "jeudi jeune jeunesse jeûne"),
        ("mots", "mot", "motif moteur motivation"),
        ("clés", "clé", "Clément"),
    ],
)
def test_a_short_singular_stands_alone_or_not_at_all(typed: str, one: str, others: str) -> None:
    found = whole_form(typed)
    assert found
    assert found[0] == fold(one)
    assert all(fold(other).startswith(found[1]) for other in others.split())
    assert not fold(typed).startswith(found[1])
    assert not any(fold(other).startswith(stems(typed)) for other in others.split())
    assert whole_form(one) is None

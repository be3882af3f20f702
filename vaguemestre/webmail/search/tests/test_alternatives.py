"""One criterion or another, and oneself, as they are typed and as the chips say them."""

from dataclasses import replace
from datetime import date

import pytest

from vaguemestre.mailbox.imap.query.search_query import Query, Term
from vaguemestre.mailbox.values import Flag
from vaguemestre.webmail.search.query_parser import Criterion
from vaguemestre.webmail.testing.search_words import FOLDERS, query, understood


def either(*some: Query | Term) -> Query:
    return Query(either=(tuple(Query((one,)) if isinstance(one, Term) else one for one in some),))


ANNA, MARC = Term("anna", "from"), Term("marc", "from")


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        ("réunion OU conseil", either(Term("réunion"), Term("conseil")), ["réunion ou conseil"]),
        ("réunion OR conseil", either(Term("réunion"), Term("conseil")), ["réunion ou conseil"]),
        ("réunion OU OU conseil", either(Term("réunion"), Term("conseil")), ["réunion ou conseil"]),
        ("de:anna OU de:marc", either(ANNA, MARC), ["expéditeur\u00a0: anna ou expéditeur\u00a0: marc"]),
        (
            "de:anna OU de : marc sortie",
            replace(either(ANNA, MARC), terms=(Term("sortie"),)),
            ["expéditeur\u00a0: anna ou expéditeur\u00a0: marc", "sortie"],
        ),
        (
            "a1 b2 OU c3 d4",
            replace(either(Term("b2"), Term("c3")), terms=(Term("a1"), Term("d4"))),
            ["a1", "b2 ou c3", "d4"],
        ),
        (
            "non-lu OU est:suivi OU pj:oui",
            either(Query(unseen=True), Query(flagged=True), Query(attachment=True)),
            ["Non lus ou Suivis ou Avec pièce jointe"],
        ),
        (
            "-sortie OU avant:2026",
            either(Term("sortie", excluded=True), Query(before=date(2026, 1, 1))),
            ["sans sortie ou avant jeu. 1er\u00a0jan."],
        ),
        (
            "étiquette:urgent OU étiquette:important",
            either(Query(labels=(Flag("urgent"),)), Query(labels=(Flag("$label1"),))),
            ["étiquette urgent ou étiquette important"],
        ),
        ("réunion ou conseil", Query((Term("réunion"), Term("ou"), Term("conseil"))), ["réunion", "ou", "conseil"]),
        ("OU réunion", Query((Term("OU"), Term("réunion"))), ["OU", "réunion"]),
        ("réunion OU", Query((Term("réunion"), Term("OU"))), ["réunion", "OU"]),
        ("OU", Query((Term("OU"),)), ["OU"]),
        ('réunion "OU" conseil', Query((Term("réunion"), Term("OU"), Term("conseil"))), ["réunion", "OU", "conseil"]),
        ("réunion OU b", Query((Term("réunion"),)), ["réunion"]),
        (
            "de:moi",
            either(Term("a.petit@x.example", "from"), Term("apetit@x.example", "from")),
            ["expéditeur\u00a0: moi"],
        ),
        ("to:me", either(Term("a.petit@x.example", "to"), Term("apetit@x.example", "to")), ["à moi"]),
        (
            "-de:Moi",
            Query((Term("a.petit@x.example", "from", excluded=True), Term("apetit@x.example", "from", excluded=True))),
            ["sauf expéditeur\u00a0: moi"],
        ),
        (
            "de:moi OU de:marc",
            either(Term("a.petit@x.example", "from"), Term("apetit@x.example", "from"), MARC),
            ["expéditeur\u00a0: moi ou expéditeur\u00a0: marc"],
        ),
        ("cc:moi", either(Term("a.petit@x.example", "cc"), Term("apetit@x.example", "cc")), ["copie à moi"]),
    ],
)
def test_one_of_several_and_oneself(text: str, expected: Query, words: list[str]) -> None:
    assert query(text) == expected
    found = understood(text)
    assert [criterion.words for criterion in found.criteria] == words
    assert understood(found.without(Criterion("", "", ""))).query == expected, "the chips say the whole box"


@pytest.mark.parametrize(
    ("text", "sentence", "expected"),
    [
        (
            "dans:archives OU sortie",
            "« dans:archives » ne peut pas être d’un côté",
            Query((Term("sortie"),), folder=FOLDERS[2].id),
        ),
        (
            "sans-réponse OU sortie",
            "« sans-réponse » ne peut pas être d’un côté",
            Query((Term("sortie"),), awaiting=True),
        ),
        (
            '"conseil de classe" OU sortie',
            "les mots de « conseil de classe » ont été cherchés",
            either(Term("conseil de classe"), Term("sortie")),
        ),
        ("étiquette:rien OU sortie", "Aucun message ne porte l’étiquette « rien »", Query((Term("sortie"),))),
        ("dans:nulle-part OU sortie", "Aucun dossier ne s’appelle", Query((Term("sortie"),))),
    ],
)
def test_what_cannot_be_an_alternative_is_said(text: str, sentence: str, expected: Query) -> None:
    found = understood(text)
    assert any(sentence in said.replace("\u00a0", " ") for said in found.said), found.said
    assert found.query == expected
    assert found.folder_missing is ("nulle-part" in text)
    assert found.label == ""


@pytest.mark.parametrize("text", ["réunion OU", "OU réunion", "réunion OU conseil OR"])
def test_a_chip_joins_nothing_to_a_word_that_stood_alone(text: str) -> None:
    found = understood(text)
    assert understood(found.with_("est:non-lu")).query == replace(found.query, unseen=True)


def test_oneself_counts_as_a_word() -> None:
    """Each is as many addresses as one has, and a command has its length."""
    found = understood("à:moi " * 30)
    assert len(found.query.either) == 20
    assert len(found.said) == 1


def test_alternatives_count_as_the_words_that_they_are() -> None:
    found = understood(" OU ".join(f"m{number:02}" for number in range(30)))
    assert len(found.query.sought) == 20
    assert len(found.said) == 1
    assert "m19 ou" not in found.criteria[0].words
    for count in (10, 11):
        assert bool(understood(" ".join(f"a{n} OU b{n}" for n in range(count))).said) is (count > 10)

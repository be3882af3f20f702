"""What is typed in the box, understood: operators in two languages, dates, states; and what is not, said."""

from datetime import date

import pytest

from vaguemestre.mailbox.imap.query.search_query import Query, Term
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.webmail.search.periods import parse_period
from vaguemestre.webmail.search.query_parser import LIMIT
from vaguemestre.webmail.testing.search_words import FOLDERS, TODAY, query, understood


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("réunion", Term("réunion")),
        ("de:lecomte", Term("lecomte", "from")),
        ("From:lecomte", Term("lecomte", "from")),
        ("de: lecomte", Term("lecomte", "from")),
        ("de : lecomte", Term("lecomte", "from")),
        ("de\u00a0: lecomte", Term("lecomte", "from")),
        ('de:"Marie Lecomte"', Term("Marie Lecomte", "from")),
        ("de:« Marie Lecomte »", Term("Marie Lecomte", "from")),
        ("à:ce.0801234a", Term("ce.0801234a", "to")),
        ("a:karim", Term("karim", "to")),
        ("TO:karim", Term("karim", "to")),
        ("objet:convocation", Term("convocation", "subject")),
        ("subject:convocation", Term("convocation", "subject")),
        ("pj:bulletin", Term("bulletin", "file")),
        ("-brevet", Term("brevet", excluded=True)),
        ("-de:lecomte", Term("lecomte", "from", excluded=True)),
        ('"conseil de classe"', Term("conseil de classe", phrase=True)),
        ("“conseil de classe”", Term("conseil de classe", phrase=True)),
        ('"conseil', Term("conseil")),
        ('-"conseil de classe"', Term("conseil de classe", phrase=True, excluded=True)),
        ("cc:lecomte", Term("lecomte", "cc")),
        ("Copie : lecomte", Term("lecomte", "cc")),
        ('de:"moi"', Term("moi", "from")),
        ("moi", Term("moi")),
        ("objet:moi", Term("moi", "subject")),
        ("12/12/2026", Term("12/12/2026", phrase=True)),
        ("12/12", Term("12/12", phrase=True)),
        ("12.12.2026", Term("12.12.2026", phrase=True)),
        ("2026-12-12", Term("2026-12-12", phrase=True)),
        ("12/2026", Term("12/2026", phrase=True)),
        ("-12/12/26", Term("12/12/26", phrase=True, excluded=True)),
        ("objet:12/12/2026", Term("12/12/2026", "subject", phrase=True)),
        ('"12/12/2026"', Term("12/12/2026", phrase=True)),
        ("31/02/2026", Term("31/02/2026")),
        ("2026", Term("2026")),
        ("2025/2026", Term("2025/2026")),
        ("12.12", Term("12.12")),
        ("03.22.82.38.23", Term("03.22.82.38.23")),
        ("suivis", Term("suivis")),
        ("Re:essai", Term("Re:essai")),
        ("https://x.example/a", Term("https://x.example/a")),
    ],
)
def test_words_and_people(text: str, term: Term) -> None:
    assert query(text) == Query((term,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("non-lu", Query(unseen=True)),
        ("est:non-lu", Query(unseen=True)),
        ("is:unread", Query(unseen=True)),
        ("est:lus", Query(unseen=False)),
        ("-est:lu", Query(unseen=True)),
        ("est:suivi", Query(flagged=True)),
        ("is:starred", Query(flagged=True)),
        ("-is:starred", Query(flagged=False)),
        ("pj:", Query(attachment=True)),
        ("pj:oui", Query(attachment=True)),
        ("has:attachment", Query(attachment=True)),
        ("avec:pj", Query(attachment=True)),
        ("pj:non", Query(attachment=False)),
        ("-pj:", Query(attachment=False)),
        ("dans:corbeille", Query(folder=FOLDERS[4].id)),
        ("in:trash", Query(folder=FOLDERS[4].id)),
        ("dans:indésirables", Query(folder=FOLDERS[3].id)),
        ("in:spam", Query(folder=FOLDERS[3].id)),
        ("dans:réception", Query(folder=FOLDERS[0].id)),
        ("dans:envoyés", Query(folder=FOLDERS[1].id)),
        ("dans:archives", Query(folder=FOLDERS[2].id)),
        ('dans:"conseils de classe"', Query(folder=FOLDERS[5].id)),
        ("dans:conseils-de-classe", Query(folder=FOLDERS[5].id)),
        ("dans:cons", Query(folder=FOLDERS[5].id)),
        ("dans:plus-tard", Query(folder=FOLDERS[8].id)),
        ("in:later", Query(folder=FOLDERS[8].id)),
        ("in:receipts", Query(folder=FOLDERS[9].id)),
        ('dans:"Élèves/6e B"', Query(folder=FOLDERS[6].id)),
        ("-dans:archives", Query(without_folders=(MailboxId(f"{3:032x}"),))),
        ("étiquette:important", Query(labels=("$label1",))),  # type: ignore[arg-type]
        ("label:URGENT", Query(labels=("urgent",))),  # type: ignore[arg-type]
        ("-étiquette:urgent", Query(without_labels=("urgent",))),  # type: ignore[arg-type]
        ("après:2026-01-31", Query(since=date(2026, 1, 31))),
        ("avant:31/01/2026", Query(before=date(2026, 1, 31))),
        ("apres:01/2026 avant:2026-02", Query(since=date(2026, 1, 1), before=date(2026, 2, 1))),
        ("after:hier", Query(since=date(2026, 11, 25))),
        ("le:12/12/2026", Query(since=date(2026, 12, 12), before=date(2026, 12, 13))),
        ("le : 12.12.2026", Query(since=date(2026, 12, 12), before=date(2026, 12, 13))),
        ("le:2026-12-12", Query(since=date(2026, 12, 12), before=date(2026, 12, 13))),
        ("le:12/12", Query(since=date(2026, 12, 12), before=date(2026, 12, 13))),
        ("avant:12-12-2026", Query(before=date(2026, 12, 12))),
        ("pendant:2025", Query(since=date(2025, 1, 1), before=date(2026, 1, 1))),
        ("le:3/11", Query(since=date(2026, 11, 3), before=date(2026, 11, 4))),
        ("après:semaine dernière", Query(since=date(2026, 11, 16))),
        ("pendant:cette semaine", Query(since=date(2026, 11, 23), before=date(2026, 11, 30))),
        ("pendant : ce mois", Query(since=date(2026, 11, 1), before=date(2026, 12, 1))),
        ("pendant:ce mois-ci", Query(since=date(2026, 11, 1), before=date(2026, 12, 1))),
        ("après:l’année dernière sortie", Query((Term("sortie"),), since=date(2025, 1, 1))),
        ("depuis:la semaine passée", Query(since=date(2026, 11, 16))),
        ("since:last week", Query(since=date(2026, 11, 16))),
        ("avant:3 septembre réunion", Query((Term("réunion"),), before=date(2026, 9, 3))),
        ("avant:1er septembre 2024 après:2 ans", Query(since=date(2024, 11, 26), before=date(2024, 9, 1))),
        ("avant:hier réunion", Query((Term("réunion"),), before=date(2026, 11, 25))),
        ("réunion cette semaine", Query((Term("réunion"), Term("cette"), Term("semaine")))),
        ("bilan semaine dernière", Query((Term("bilan"), Term("semaine"), Term("dernière")))),
        ('"avant:cette semaine"', Query((Term("avant:cette semaine", phrase=True),))),
        ("objet:cette semaine", Query((Term("cette", "subject"), Term("semaine")))),
        ('pendant:"semaine dernière"', Query(since=date(2026, 11, 16), before=date(2026, 11, 23))),
        ("taille:>5Mo", Query(larger=5 * 1024**2)),
        ("taille : > 5 Mo", Query(larger=5 * 1024**2)),
        ("taille > 5 Mo", Query(larger=5 * 1024**2)),
        ("taille:5", Query(larger=5 * 1024**2)),
        ("Taille:<=500\u202fKo", Query(smaller=500 * 1024)),
        ('taille:">1,5 Mo"', Query(larger=1536 * 1024)),
        ("size:>2GB", Query(larger=2 * 1024**3)),
        ("larger:5M", Query(larger=5 * 1024**2)),
        ("plus-grand:5Mo", Query(larger=5 * 1024**2)),
        ("plus-petit:20000", Query(smaller=20000)),
        ("smaller:300 octets", Query(smaller=300)),
        ("-taille:>5Mo", Query(smaller=5 * 1024**2)),
        ("plus-grand:1Mo plus-petit:2Mo", Query(larger=1024**2, smaller=2 * 1024**2)),
        ("taille:999999999Go", Query(larger=2**32 - 1)),
        ('"taille > 5 Mo"', Query((Term("taille > 5 Mo", phrase=True),))),
        ("ma taille 38", Query((Term("ma"), Term("taille"), Term("38")))),
        ("", Query()),
        ("   ", Query()),
    ],
)
def test_states_places_and_dates(text: str, expected: Query) -> None:
    assert query(text) == expected


def test_everything_at_once_and_each_criterion_taken_away() -> None:
    found = understood("sortie de:lecomte -musée après:1/9 pj:oui")
    assert [criterion.words for criterion in found.criteria][1:] == [
        "expéditeur\u00a0: lecomte", "sans musée", "depuis mar. 1er\u00a0sept.", "Avec pièce jointe",
    ]  # fmt: skip
    assert found.without(found.criteria[1]) == "sortie -musée après:1/9 pj:oui"
    assert found.with_("dans:archives", "folder") == "sortie de:lecomte -musée après:1/9 pj:oui dans:archives"
    assert understood("dans:archives x1").with_("dans:corse", "folder") == "x1 dans:corse"


@pytest.mark.parametrize(
    ("text", "expected", "left"),
    [
        ("est:lu est:non-lu", Query(unseen=True), "est:non-lu"),
        ("pj:oui sortie pj:non", Query((Term("sortie"),), attachment=False), "sortie pj:non"),
        ("avant:2025 avant:2026", Query(before=date(2026, 1, 1)), "avant:2026"),
        ("après:2026 après:2025", Query(since=date(2025, 1, 1)), "après:2025"),
        ("pendant:2025 pendant:2024", Query(since=date(2024, 1, 1), before=date(2025, 1, 1)), "pendant:2024"),
        ("taille:>5Mo taille:>1Mo", Query(larger=1024**2), "taille:>1Mo"),
        ("dans:archives dans:corse", Query(folder=FOLDERS[7].id), "dans:corse"),
        ("est:suivi -est:suivi", Query(flagged=False), "-est:suivi"),
    ],
)
def test_of_two_criteria_of_one_kind_the_last_counts(text: str, expected: Query, left: str) -> None:
    found = understood(text)
    assert found.query == expected
    assert " ".join(criterion.source for criterion in found.criteria) == left
    assert len(found.said) == 1
    assert found.said[0].endswith(f"cède la place à «\u00a0{left.split()[-1]}\u00a0».")


def test_what_adds_up_stays() -> None:
    both = query(
        "pendant:2025 avant:01/06/2025 après:2024 -dans:archives -dans:corse étiquette:urgent -étiquette:important"
    )
    assert (both.since, both.before) == (date(2025, 1, 1), date(2025, 6, 1))
    assert len(both.without_folders) == 2
    assert (both.labels, both.without_labels) == (("urgent",), ("$label1",))
    assert query("pendant:2025 avant:2027").before == date(2026, 1, 1)
    assert query("est:lu est:lus") == Query(unseen=False)


def test_sizes_are_said_as_people_say_them() -> None:
    found = understood("taille:>1500Ko plus-petit:5Mo")
    assert [criterion.words for criterion in found.criteria] == ["plus de 1,5\u00a0Mo", "moins de 5\u00a0Mo"]
    assert found.with_("taille:>1Mo", "larger") == "plus-petit:5Mo taille:>1Mo"


@pytest.mark.parametrize(
    ("text", "sentence", "left"),
    [
        ("foo:bar réunion", "« foo: » n’est pas un critère connu", 2),
        ("après:demain-peut-être réunion", "n’est pas une date", 1),
        ("avant:31/02/2026 réunion", "n’est pas une date", 1),
        ("-le:12/12/2026 réunion", "ne restreint pas une recherche", 1),
        ("-avant:2026 réunion", "ne restreint pas une recherche", 1),
        ("ﾞﾞ réunion", "au moins deux lettres", 1),
        ("dans:nulle-part réunion", "Aucun dossier ne s’appelle « nulle-part »", 1),
        ("étiquette:rien réunion", "Aucun message ne porte l’étiquette « rien »", 1),
        ("taille:énorme réunion", "« énorme » n’est pas une taille", 1),
        ("taille:>1Mo-2Mo réunion", "« >1Mo-2Mo » n’est pas une taille", 1),
        ("est:bleu réunion", "« est:bleu » n’est pas connu", 1),
        ("réunion de:", "Que faut-il chercher après « de: » ?", 1),
        ("de: à:karim", "Que faut-il chercher après « de: » ?", 1),
        ("🎓 réunion", "« 🎓 » ne peut pas être cherché", 1),
        (f"{'x' * 101} réunion", "plus de 100 caractères", 1),
        ("suivi réunion", "écrivez est:suivi", 2),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_is_searched(text: str, sentence: str, left: int) -> None:
    found = understood(text)
    assert any(sentence in said.replace("\u00a0", " ").replace("\u202f", " ") for said in found.said), found.said
    assert len(found.query.terms) == left


def test_a_single_letter_is_no_word_and_needs_no_comment() -> None:
    assert query("6e B") == Query((Term("6e"),))


@pytest.mark.parametrize("text", ["x" * 10_000, "ab " * 4000, '"' * 10_000, "de:" * 3000, "-" * 10_000, "a:b " * 2500])
def test_length_is_bounded(text: str) -> None:
    found = understood(text)
    assert len(found.text) <= LIMIT
    assert found.said
    assert len(found.query.terms) <= 20


@pytest.mark.parametrize("text", ["ab\0cd", "ab\r\nUID STORE 1", "\u202eab", "\ud800ab", "\x1b[31m"])
def test_controls_and_lines_never_reach_a_word(text: str) -> None:
    found = understood(text)
    assert all(term.text.isprintable() for term in found.query.terms)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31", ("2026-01-31", "2026-02-01")),
        ("31/01/2026", ("2026-01-31", "2026-02-01")),
        ("31.1.26", ("2026-01-31", "2026-02-01")),
        ("1/12", ("2026-12-01", "2026-12-02")),
        ("1/9", ("2026-09-01", "2026-09-02")),
        ("29/2", None),
        ("01/2026", ("2026-01-01", "2026-02-01")),
        ("2026-01", ("2026-01-01", "2026-02-01")),
        ("12/2026", ("2026-12-01", "2027-01-01")),
        ("2026", ("2026-01-01", "2027-01-01")),
        ("9999", None),
        ("0000", None),
        ("26", None),
        ("aujourd’hui", ("2026-11-26", "2026-11-27")),
        ("hier", ("2026-11-25", "2026-11-26")),
        ("avant-hier", ("2026-11-24", "2026-11-25")),
        ("cette-semaine", ("2026-11-23", "2026-11-30")),
        ("semaine dernière", ("2026-11-16", "2026-11-23")),
        ("mois-dernier", ("2026-10-01", "2026-11-01")),
        ("ce-mois", ("2026-11-01", "2026-12-01")),
        ("last-year", ("2025-01-01", "2026-01-01")),
        ("l’an passé", ("2025-01-01", "2026-01-01")),
        ("mois passé", ("2026-10-01", "2026-11-01")),
        ("janvier", ("2026-01-01", "2026-02-01")),
        ("décembre", ("2025-12-01", "2026-01-01")),
        ("septembre-2024", ("2024-09-01", "2024-10-01")),
        ("3 septembre 2024", ("2024-09-03", "2024-09-04")),
        ("1er-septembre", ("2026-09-01", "2026-09-02")),
        ("30j", ("2026-10-27", "2026-11-27")),
        ("2sem", ("2026-11-12", "2026-11-27")),
        ("6mois", ("2026-05-26", "2026-11-27")),
        ("1an", ("2025-11-26", "2026-11-27")),
        ("999ans", ("1027-11-26", "2026-11-27")),
        ("32/1", None),
        ("1/13", None),
        ("bientôt", None),
        ("", None),
        ("1/2/3/4", None),
    ],
)
def test_dates(text: str, expected: tuple[str, str] | None) -> None:
    found = parse_period(text, TODAY)
    assert found == (tuple(map(date.fromisoformat, expected)) if expected else None)

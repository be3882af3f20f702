import pytest

from tools.catalogues import badly_spaced, contradicting, left_over, missing, of_one_alone, unelided

HEAD = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n\n'


@pytest.mark.parametrize(
    "entry",
    [
        'msgid "Sign in"\nmsgstr ""\n',
        '#, fuzzy\nmsgid "Sign in"\nmsgstr "Se connecter"\n',
        'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "un"\nmsgstr[1] ""\n',
        'msgid ""\n"A long "\n"text"\nmsgstr ""\n',
    ],
)
def test_absent_or_guessed_french_is_found(entry: str) -> None:
    assert len(missing(HEAD + entry)) == 1


@pytest.mark.parametrize(
    "entry",
    [
        'msgid "Sign in"\nmsgstr "Se connecter"\n',
        'msgid ""\n"A long "\n"text"\nmsgstr ""\n"Un long "\n"texte"\n',
        '#~ msgid "No longer said"\n#~ msgstr ""\n',
    ],
)
def test_what_is_said_in_french_passes(entry: str) -> None:
    assert missing(HEAD + entry) == []


def test_what_nothing_says_any_more_is_found() -> None:
    """As after a text is changed, or said by a name that the extraction does not look for: `bin/messages` drops it."""
    gone = '#~ msgid ""\n#~ "No longer "\n#~ "said"\n#~ msgstr "Plus dit"\n'
    assert left_over(HEAD + 'msgid "Sign in"\nmsgstr "Se connecter"\n\n' + gone) == ["No longer said"]
    assert left_over(HEAD + 'msgid "Sign in"\nmsgstr "Se connecter"\n') == []


def test_one_text_with_two_meanings_is_found() -> None:
    """Django shows the French of the first room that has it, whoever asks."""
    one, other = 'msgid "Now"\nmsgstr "Maintenant"\n', 'msgid "Now"\nmsgstr "Avant la fusion"\n'
    assert contradicting({"portal": HEAD + one, "contacts": HEAD + other}) == [
        'portal and contacts say it differently: msgid "Now"'
    ]
    folded = 'msgid ""\n"Now"\nmsgstr ""\n"Mainte"\n"nant"\n'
    apart = f'msgctxt "merging"\n{other}'
    assert contradicting({"portal": HEAD + one, "web": HEAD + folded, "contacts": f"{HEAD}{apart}\n#~ {other}"}) == []


@pytest.mark.parametrize(
    "said",
    [
        "Objet : rien",
        "Objet\u202f: rien",
        "Sûr ?",
        "Sûr?",
        "Sûr\u00a0?",
        "non ; oui",
        "« rien »",
        "«\u202frien\u202f»",
        "Oui!",
    ],
)
def test_signs_that_are_badly_spaced_are_found(said: str) -> None:
    assert badly_spaced(f'{HEAD}msgid "x"\nmsgstr ""\n"Un "\n"{said}"\n') == [f"Un {said}"]
    assert badly_spaced(f'{HEAD}msgid "x"\nmsgid_plural "y"\nmsgstr[0] "un"\nmsgstr[1] "{said}"\n') == [said]


@pytest.mark.parametrize(
    "said", ["Objet\u00a0: «\u00a0rien\u00a0»\u202f; sûr\u202f?", "objet:, est:lu, 22:00, %s;<nombre>", "Oui\u202f!"]
)
def test_signs_that_are_well_spaced_pass(said: str) -> None:
    assert badly_spaced(f'{HEAD}msgid "x"\nmsgstr "{said}"\n') == []


@pytest.mark.parametrize("said", ["Le compte de %(name)s", "De %(who)s", "ce que {name} a lu"])
def test_what_would_stand_before_a_vowel_is_found(said: str) -> None:
    assert unelided(f'{HEAD}msgid "x"\nmsgstr "{said}"\n') == [said]
    assert unelided(f'{HEAD}msgid "x"\nmsgstr "Le compte %(whose)s, plus de %(count)s, le %(day)s"\n') == []


@pytest.mark.parametrize("said", ["%(count)d lignes scellées.", "{letters} lettres"])
def test_what_would_be_said_of_one_alone_is_found(said: str) -> None:
    assert of_one_alone(f'{HEAD}msgid "x"\nmsgstr "{said}"\n') == [said]
    assert of_one_alone(f'{HEAD}msgid "x"\nmsgid_plural "y"\nmsgstr[0] "%(count)d ligne"\nmsgstr[1] "{said}"\n') == []
    assert of_one_alone(f'{HEAD}msgid "1 line"\nmsgstr "1 ligne"\n\nmsgid "x"\nmsgstr "{said}"\n') == []
    assert of_one_alone(f'{HEAD}msgid "x"\nmsgstr "{said} au plus"\n') == []

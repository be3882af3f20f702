import pytest

from vaguemestre.launcher.catalogues import missing

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

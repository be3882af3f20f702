"""A keyword is made of a name as Thunderbird makes it, so that both mean the same label."""

import pytest

from vaguemestre.mailbox.imap.messages.label_keywords import LONGEST, is_label, label_keyword, label_name
from vaguemestre.mailbox.values import Flag, InvalidValueError

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("name", "keyword"),
    [
        ("Sorties", "sorties"),
        ("Conseil de classe", "conseil_de_classe"),
        ("Réunion", "r&aok-union"),
        ("Noël (fête)", "no&aos-l__f&aoo-te_"),
        ("A/B [c]", "a_b_[c_"),
        ("Toi & moi", "toi_&-_moi"),
    ],
)
def test_a_keyword_is_the_one_that_thunderbird_makes(name: str, keyword: str) -> None:
    assert label_keyword(name, NONE) == keyword


@pytest.mark.parametrize(
    "name", ["sorties", "conseil de classe", "réunion", "noël", "façade", "œuvres", "toi & moi", "été"]
)
def test_the_name_is_read_out_of_it(name: str) -> None:
    assert label_name(label_keyword(name, NONE)) == name


@pytest.mark.parametrize("name", ["é" * 40, "🎒" * 20, "$label1", "Junk", "$", "nonjunk", "\\Seen", "x" * 40])
def test_any_name_has_a_safe_keyword(name: str) -> None:
    word = label_keyword(name, NONE)
    assert len(word) <= LONGEST
    assert is_label(word)
    assert Flag(word) == word
    assert not word.startswith(("$", "\\"))


def test_two_names_never_share_one() -> None:
    first = label_keyword("A B", NONE)
    second = label_keyword("A_B", frozenset({first}))
    assert first != second
    assert is_label(second)


@pytest.mark.parametrize("word", ["$Forwarded", "$MDNSent", "NonJunk", "Junk", "$label6", "$Phishing", "\\Seen", ""])
def test_what_programs_tell_one_another_is_no_label(word: str) -> None:
    assert not is_label(word)


@pytest.mark.parametrize("word", ["$label1", "$LABEL5", "sorties", "r&aok-union"])
def test_what_a_person_put_is_one(word: str) -> None:
    assert is_label(word)


@pytest.mark.parametrize(
    "word", ["a b", "a)", "(a", "a\r\nLOGOUT", 'a"', "a%", "a*", "a{3}", "a]", "é", "\x7f", "a\\b", ""]
)
def test_what_would_break_out_of_a_command_is_no_flag(word: str) -> None:
    with pytest.raises(InvalidValueError):
        Flag(word)


@pytest.mark.parametrize("word", ["&zzz-", "&aaa-", "&-", "&", "_", "&aok", "&aokaok-"])
def test_a_keyword_that_says_nothing_is_shown_as_it_is(word: str) -> None:
    assert label_name(word)

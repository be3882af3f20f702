import pytest

from vaguemestre.courier.quoted_words import one_line, quote_name


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Thunderbird, bureau de l’école", "Thunderbird, bureau de l’école"),
        ("Ma clé\r\nSujet : gagnez", "Ma clé Sujet : gagnez"),
        ("fin ». Votre compte est clos. «", "fin ›. Votre compte est clos. ‹"),
        ("voir https://voleur.example/x vite", "voir … vite"),
        ("www.voleur.example", "…"),
        ("\u202egauche\u200b", "gauche"),
        ("x" * 100, "x" * 59 + "…"),
    ],
)
def test_what_a_person_typed_stays_a_name(typed: str, said: str) -> None:
    assert quote_name(typed) == said


def test_a_subject_is_one_line() -> None:
    assert one_line("a\n\n b\u2028c\t") == "a b c"

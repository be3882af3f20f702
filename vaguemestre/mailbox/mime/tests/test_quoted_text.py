"""Where one's own words end, in messages shaped as people's programs write them."""

# ruff: noqa: E501 - a sample is one line, as a mail would hold it

import re

import pytest

from vaguemestre.mailbox.mime.quoted_text import LONG_QUOTE, RUN_LIMIT, Passage, split_passages


def shape(text: str, *, forwarded: bool = False) -> list[str]:
    """Each passage as its kind, `+` when folded, and its first line."""
    return [
        f"{part.kind}{'+' if part.folded else ''} {part.text.strip().splitlines()[0] if part.text.strip() else ''}"
        for part in split_passages(text, forwarded=forwarded)
    ]


ANSWERED = {
    "thunderbird_french": "Le 03/11/2026 à 10:12, Karim Belkacem a écrit :\n> Qui prend la salle ?\n> K.",
    "thunderbird_english": "On 03/11/2026 10:12, Karim Belkacem wrote:\n> Qui prend la salle ?",
    "gmail_french": "Le mar. 3 nov. 2026 à 10:12, Karim Belkacem <karim@ecole.example> a\nécrit :\n\n> Qui ?\n>",
    "gmail_english": "On Tue, Nov 3, 2026 at 10:12 AM Karim Belkacem <karim@ecole.example>\nwrote:\n\n> Qui ?",
    "roundcube": "Le 2026-11-03 10:12, Karim Belkacem a écrit :\n> Qui prend la salle ?",
    "apple_french": "> Le 3 nov. 2026 à 10:12, Karim Belkacem <karim@ecole.example> a écrit :\n> \n> Qui ?",
    "no_date": "Karim Belkacem a écrit :\n\n> Qui prend la salle ?",
    "outlook_french": "-----Message d'origine-----\nDe : Karim\nEnvoyé : mardi 3\nÀ : Anne\nObjet : Salle\n\nQui ?",
    "outlook_typographic": "-----Message d’origine-----\nDe : Karim\n\nQui ?",
    "outlook_english": "-----Original Message-----\nFrom: Karim\nSent: Tuesday\nTo: Anne\nSubject: Salle\n\nQui ?",
    "outlook_rule": "________________________________\nDe : Karim <k@ecole.example>\nEnvoyé : mardi 3 novembre\n"
    "À : Anne\nObjet : Salle\n\nQui ?",
    "outlook_bare": "De : Karim <k@ecole.example>\nEnvoyé : mardi 3 novembre 2026 10:12\nÀ : Anne\nObjet : Salle\n\nQui ?",
    "outlook_stars": "*De :* Karim\n*Envoyé :* mardi 3\n*À :* Anne\n*Objet :* Salle\n\nQui ?",
    "zimbra": '----- Mail original -----\nDe: "Karim" <k@ecole.example>\nÀ: "Anne" <a@ecole.example>\n'
    "Envoyé: Mardi 3 Novembre 2026 10:12:00\nObjet: Salle\n\nQui ?",
    "phone_without_marks": "Le 3 nov. 2026 à 10:12, Karim <k@ecole.example> a écrit :\n\nQui prend la salle ?",
    "german": "Am 03.11.26 um 10:12 schrieb Karim:\n> Wer?",
}


@pytest.mark.parametrize("name", ANSWERED)
def test_an_answer_above_what_it_answers(name: str) -> None:
    first = ANSWERED[name].split("\n")[0]
    assert shape(f"Bonjour,\n\nMoi.\n\n{ANSWERED[name]}") == [
        "text Bonjour,",
        f"quote+ {first.removeprefix('> ').strip()}",
    ]


@pytest.mark.parametrize("name", ANSWERED)
def test_nothing_is_lost(name: str) -> None:
    words = re.sub(r"(?m)^>", "", ANSWERED[name]).split()
    shown = " ".join(part.text for part in split_passages(f"Moi.\n\n{ANSWERED[name]}\n")).split()
    assert [word for word in shown if word != "Moi."] == words


@pytest.mark.parametrize("name", ANSWERED)
def test_what_is_the_whole_message_stays_open(name: str) -> None:
    assert not any(part.folded for part in split_passages(ANSWERED[name]))


@pytest.mark.parametrize(
    "head",
    [
        "-------- Message transféré --------",
        "---------- Forwarded message ---------",
        "Début du message réexpédié :",
        "Begin forwarded message:",
    ],
)
def test_what_is_handed_on_stays_open(head: str) -> None:
    text = f"Pour information.\n\n{head}\nDe : Karim\nDate : mardi\nÀ : Anne\nObjet : Salle\n\nQui ?"
    assert shape(text) == ["text Pour information."]


def test_a_subject_that_says_forwarded_leaves_all_open() -> None:
    text = "Pour information.\n\nDe : Karim\nEnvoyé : mardi\nÀ : Anne\nObjet : Salle\n\n> Qui ?"
    assert not any(part.folded for part in split_passages(text, forwarded=True))
    assert any(part.folded for part in split_passages(text))


def test_answers_between_the_lines_stay_with_their_questions() -> None:
    text = "Le 3 mai à 10:12, Karim a écrit :\n> Qui vient ?\nMoi.\n> Quand ?\nDemain.\n> Merci !\n> K."
    assert shape(text) == ["quote Le 3 mai à 10:12, Karim a écrit :", "text Moi.", "quote Quand ?", "text Demain.",
                           "quote+ Merci !"]  # fmt: skip


def test_an_answer_below_its_question() -> None:
    assert shape("Karim a écrit :\n> Qui vient ?\n\nMoi.") == ["quote Karim a écrit :", "text Moi."]
    long = "\n".join(f"> ligne {number}" for number in range(LONG_QUOTE + 1))
    assert shape(f"Karim a écrit :\n{long}\n\nMoi.") == ["quote+ Karim a écrit :", "text Moi."]


def test_signatures() -> None:
    assert split_passages("D’accord.\n-- \nMathilde\nprofesseure") == [
        Passage("text", "D’accord."),
        Passage("signature", "Mathilde\nprofesseure"),
    ]
    long = "\n".join(f"ligne {number}" for number in range(8))
    assert shape(f"D’accord.\n--\n{long}") == ["text D’accord.", "signature+ ligne 0"]
    assert shape("D’accord.\n-- \nMathilde\n\nKarim a écrit :\n> Qui ?\n") == [
        "text D’accord.", "signature Mathilde", "quote+ Karim a écrit :",
    ]  # fmt: skip
    assert shape("D’accord.\n\nKarim a écrit :\n> Qui ?\n-- \nMathilde") == [
        "text D’accord.", "quote+ Karim a écrit :", "signature Mathilde",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "prose",
    [
        "Le 5 mai, le maire a écrit : venez tous.\n\nÀ bientôt,\nAnne",
        "De : la craie, du papier.\nRien d’autre.",
        "Bonjour,\nde : à partir de\nDate : lundi",
        "--\nUn tiret\n\n" + "\n".join("ligne" for _ in range(40)),
        "Victor Hugo a écrit :\n« Demain, dès l’aube »",
    ],
)
def test_prose_is_left_alone(prose: str) -> None:
    assert {part.kind for part in split_passages(prose)} == {"text"}


def test_a_text_that_changes_its_mind_at_each_line_is_shown_as_it_is() -> None:
    text = "\n".join(f"{'> ' if number % 2 else ''}{number}" for number in range(3 * RUN_LIMIT))
    assert split_passages(text) == [Passage("text", text)]


@pytest.mark.parametrize(
    "line", ["Le 3 mai 10:12 x@y a écrit :\n", "De : x\nDate : y\n", "____________________\n", "> a\nb\n", "le 3 "]
)
def test_floods_are_read_once(line: str) -> None:
    """Quadratic work would not end within the run."""
    assert split_passages(line * (300_000 // len(line)) + "\n> fin")


def test_a_line_of_spaces_is_read_once() -> None:
    text = f"--{' ' * 300_000}x"
    assert split_passages(text) == [Passage("text", text)]
    assert shape("Oui.\n\n-----\u00a0Message d’origine \u00a0-----\nVenez")[0] == "text Oui."

"""Where a plain letter is no longer its author's."""

import pytest

from vaguemestre.webmail.content.own_lines import own_lines

SIGNED = "Mathilde Lefèvre\nProfesseure"
QUOTED = "Le 3 juin, Karim a écrit :\n> Alors ?\n> Oui ?"


@pytest.mark.parametrize(
    ("own", "rest"),
    [
        ("", f"\n{SIGNED}\n\n{QUOTED}"),
        ("Bonjour,\n\nd'accord.\n", f"{SIGNED}\n\n{QUOTED}"),
        ("Bonjour,\n", f"-- \n{SIGNED}"),
        ("Bonjour,\n", f"{QUOTED}\n"),
        ("Bonjour,\n", f"{SIGNED}\n\n---------- Message transféré ----------\nDe : X\nMot"),
        ("Tout est de moi.", ""),
        (f"{QUOTED}\n\nMa réponse, dessous.\n", f"-- \n{SIGNED}"),
        (f"> Un\nOui.\n> Deux\nNon.\n\n{SIGNED}\nPS : à lundi.", ""),
    ],
)
def test_own_lines(own: str, rest: str) -> None:
    lines = [*own.split("\n"), *rest.split("\n")] if rest else own.split("\n")
    kept = own_lines("\n".join(lines), SIGNED)
    assert "\n".join(lines[:kept]).strip() == own.strip()

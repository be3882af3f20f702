"""Reading a temporary password aloud: groups of four, each sign with a first name that begins like it."""

# The French table of post and phone; lower case as the pass is.
_FIRST_NAMES = {
    "a": "Anatole", "b": "Berthe", "c": "Célestin", "d": "Désiré", "e": "Eugène", "f": "François", "g": "Gaston",
    "h": "Henri", "i": "Irma", "j": "Joseph", "k": "Kléber", "l": "Louis", "m": "Marcel", "n": "Nicolas",
    "o": "Oscar", "p": "Pierre", "q": "Quintal", "r": "Raoul", "s": "Suzanne", "t": "Thérèse", "u": "Ursule",
    "v": "Victor", "w": "William", "x": "Xavier", "y": "Yvonne", "z": "Zoé",
}  # fmt: skip


def spell(code: str) -> list[tuple[str, list[str]]]:
    """`k7mr-…` → [("k7mr", ["k comme Kléber", "7", …]), …]; French, since it is read to a French phone."""
    return [(group, [_said(sign) for sign in group]) for group in code.split("-")]


def _said(sign: str) -> str:
    return f"{sign} comme {_FIRST_NAMES[sign]}" if sign in _FIRST_NAMES else sign

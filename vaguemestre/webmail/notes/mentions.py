"""Members whom an internal note mentions: chosen in its form, or written as “@Nadia Benhamou” in its text."""

from collections.abc import Collection, Sequence

from vaguemestre.accounts.models import Account
from vaguemestre.people.folding import words


def mentioned_members(text: str, chosen: Collection[str], members: Sequence[Account]) -> list[Account]:
    """`chosen`: keys. A written name that two members have mentions neither: they are chosen."""
    written = [" ".join(words(part)) for part in text.split("@")[1:]]
    names = {one.key: _names(one) for one in members}
    found = set(chosen)
    for part in written:
        for length in (2, 1):  # the whole name before the last one alone
            same = {key for key, forms in names.items() if any(_begins(part, form) for form in forms[2 - length])}
            if same:
                found |= same if len(same) == 1 else set()
                break
    return [one for one in members if one.key in found]


def _names(member: Account) -> tuple[list[str], list[str]]:
    """As it is shown, and the last name alone."""
    person = member.person
    last = person.usual_name or person.last_name
    forms = {member.display_name, f"{person.first_name} {last}", f"{last} {person.first_name}"}
    return sorted({" ".join(words(one)) for one in forms}), [" ".join(words(last))]


def _begins(part: str, name: str) -> bool:
    return part == name or part.startswith(f"{name} ")

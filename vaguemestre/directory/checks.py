"""A code in `academy.toml` that nobody bears hides nobody: better said at the start than believed."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from vaguemestre.academy.facts import academy
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.functions import Function


@register()
def hidden_functions_are_known(**_: Any) -> list[CheckMessage]:
    known = set(CATEGORIES) | {function.value for function in Function}
    unknown = sorted(set(academy().directory.hidden_functions) - known)
    if not unknown:
        return []
    words = f"academy.toml: directory.hidden_functions: unknown code {', '.join(unknown)}"
    return [Error(words, hint=f"one of {', '.join(sorted(known))}", id="directory.E001")]

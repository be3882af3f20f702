"""A browser in words, from what it says of itself: enough to recognise one's own computer in a list."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

# The first that is found: most browsers also pretend to be others.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS: tuple[tuple[str, Promise], ...] = (
    ("iPhone", gettext_lazy("iPhone")),
    ("iPad", gettext_lazy("iPad")),
    ("Android", gettext_lazy("Android telephone or tablet")),
    ("CrOS", gettext_lazy("Chromebook")),
    ("Windows", gettext_lazy("Windows computer")),
    ("Macintosh", gettext_lazy("Mac computer")),
    ("Linux", gettext_lazy("Linux computer")),
)


def user_agent_text(agent: str) -> str:
    """“Ordinateur Windows, Firefox”; without a version, which changes every month."""
    system = next((str(words) for mark, words in _SYSTEMS if mark in agent), "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    return ", ".join(filter(None, (system, browser))) or _("Unknown device")


def is_telephone(agent: str) -> bool:
    return any(mark in agent for mark in ("iPhone", "Android"))

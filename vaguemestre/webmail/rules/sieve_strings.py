"""A person's words inside a script. Whatever they are, they stay words.

In a script with variables "${" would be looked up: the dollar comes from a variable then (`DOLLAR_SET`), and what a
variable holds is not looked at again (RFC 5229, 3).
"""

from typing import Final
from unicodedata import category

DOLLAR: Final = "${dollar}{"
DOLLAR_SET: Final = 'set "dollar" "$";'


def sieve_comment(words: str) -> str:
    return "# " + " ".join(_plain(words).split())


def sieve_string(value: str) -> str:
    escaped = _plain(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped.replace("${", DOLLAR)}"'


def sieve_text_block(value: str) -> str:
    """As a block, so that it can be read; a line that begins with a dot gets another, or it would end the block."""
    found = _plain(value).replace("${", DOLLAR).split("\n")
    return "text:\n" + "\n".join(f".{line}" if line.startswith(".") else line for line in found) + "\n.\n;"


def _plain(value: str) -> str:
    """No sign that Sieve refuses or that a mail cannot carry; every kind of line end is one."""
    text = "\n".join(value.splitlines())
    return "".join(sign for sign in text if sign in "\n\t" or category(sign) not in {"Cc", "Cs"})

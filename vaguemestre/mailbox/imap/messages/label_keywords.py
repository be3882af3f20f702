"""A keyword and the name that a person gave it in Thunderbird, which knows no other way to share one than to make the
keyword of the name. Whoever makes it in the same way, shares it."""

import re
from hashlib import blake2s
from itertools import product

from vaguemestre.mailbox import modified_utf7
from vaguemestre.mailbox.values import Flag

LONGEST = 50  # Dovecot's mail_max_keyword_length
# What Thunderbird puts a line under; "]" as well, which no keyword may hold.
_REPLACED = str.maketrans(dict.fromkeys(' ()/{%*<>\\"]', "_"))
# What programs leave on messages for themselves. Whatever begins with "$" is theirs too, but for Thunderbird's five.
_TECHNICAL = frozenset({
    "nonjunk", "junk", "notjunk", "forwarded", "redirected", "old", "mdnsent", "receipt-handled",
    "hasattachment", "hasnoattachment",
})  # fmt: skip


def is_label(keyword: str) -> bool:
    """Put on a message by a person, rather than by a program for itself."""
    word = keyword.lower()
    if word.startswith("$"):
        return bool(re.fullmatch(r"\$label[1-5]", word))
    return bool(word) and not word.startswith("\\") and word not in _TECHNICAL


def label_keyword(name: str, taken: frozenset[str]) -> Flag:
    """In lower case, since servers do not tell capitals apart; never one of `taken`."""
    word = modified_utf7.encode_name(name.translate(_REPLACED)).decode("ascii").lower()
    if len(word) <= LONGEST and is_label(word) and word[0] != "$" and word not in taken:
        return Flag(word)
    mark = blake2s(name.encode(), digest_size=4).hexdigest()
    return Flag(f"{word.lstrip('$')[: LONGEST - len(mark) - 1]}-{mark}")


def label_name(keyword: str) -> str:
    """The name it was made of, as far as it can be told: conseil_de_classe, r&aok-union."""
    text = re.sub(r"&([a-z0-9+,]{3,6})-", _accents, keyword).replace("&-", "&").replace("_", " ").strip()
    return "".join(c for c in text if c.isprintable()) or keyword


def _accents(match: re.Match[str]) -> str:
    """Modified UTF-7 whose capitals were lost: for letters of Western Europe one way to put them back makes sense."""
    for word in product(*({c, c.upper()} for c in match[1])):
        wire = f"&{''.join(word)}-".encode("ascii")
        text = modified_utf7.decode_name(wire)
        if all("\u00c0" <= c <= "\u017f" for c in text) and modified_utf7.encode_name(text) == wire:
            return text
    return match[0]

"""Where a program on somebody's own machine is answered (RFC 8252, 7.3): its address is a number, its port any."""

import re

# `localhost` is a name, which may lead elsewhere (8.3); nothing behind the path, and no name before the number.
_FORM = re.compile(r"http://(?:127\.0\.0\.1|\[::1\])(?::([1-9][0-9]{0,4}))?(?:/[A-Za-z0-9_-]*)*", re.ASCII)
LAST_PORT = 65535


def is_loopback_redirect(address: str) -> bool:
    found = _FORM.fullmatch(address)
    return found is not None and int(found[1] or 80) <= LAST_PORT

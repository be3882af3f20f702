"""Debian's own Roundcube over the demo's Dovecot, tuned, for the length of a measurement.

    apt-get install --no-install-recommends roundcube-core roundcube-sqlite3 php8.4-fpm php8.4-sqlite3 php8.4-intl

Tuned as an expert does: eight PHP processes that never end, opcache that never looks at files again, sessions in files,
no plugins, no cache of its own in a database, HTTP/2 in front, and Dovecot on a plain local port (`bench.plain_imap`).
What is opened is marked by the same request, as its default is (`mail_read_time`).
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench.mail_users import Person
from bench.plain_imap import PlainImap, rendered, running
from bench.storm import Browser
from bench.webmail_side import FORM, WRITTEN, Act, Visitor
from bench.wire import Wire

SHARE = Path("/usr/share/roundcube")
PORT = 33943
FROM = re.compile(rb'name="_from".*?value="(\d+)"', re.DOTALL)
HERE = Path(__file__).parent


class NotInstalled(Exception):
    """Debian's packages are absent."""


@contextlib.contextmanager
def serving(imap: PlainImap, data: Path) -> Iterator[tuple[str, list[int], list[int]]]:
    """The origin where it answers, over the demo's certificate; the processes of PHP and of nginx."""
    fpm = shutil.which("php-fpm8.4")
    if not SHARE.exists() or fpm is None:
        raise NotInstalled(__doc__)
    with tempfile.TemporaryDirectory(prefix="vaguemestre-roundcube-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        _prepare(folder, imap, data)
        with (
            # R: also as root, where a container has nobody else.
            running([fpm, "-R", "-F", "-y", str(folder / "fpm.conf")]) as php,
            running(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]) as nginx,
        ):
            time.sleep(1)
            yield f"https://localhost:{PORT}", [php.pid], [nginx.pid]


def visitor(origin: str, ca: str, password: str, person: Person, letters: Iterator[int], *, drafts: int = 0) -> Visitor:
    cookies, word = _signed_in(origin, ca, person.key, password)
    head = {"X-Roundcube-Request": word, "X-Requested-With": "XMLHttpRequest"}
    box = person.name.replace(" ", "+")
    listing = f"/?_task=mail&_action=list&_mbox={box}&_refresh=1&_remote=1&_unlock=0"
    again = f"_mbox={box}&_list=1&_quota=1&_remote=1&_unlock=0".encode()
    shown = f"/?_task=mail&_mbox={box}&_framed=1&_action=preview&_uid="

    def refresh(wire: Wire) -> tuple[int, bytes]:
        return wire.ask("POST", "/?_task=mail&_action=refresh", head | FORM, again)

    def answer(wire: Wire) -> tuple[int, bytes]:
        wire.ask("GET", f"/?_task=mail&_action=compose&_reply_uid={next(letters)}&_mbox={box}")
        status, page = wire.ask("GET", wire.header("Location").removeprefix(origin).replace("./", "/", 1))
        form = {"_task": "mail", "_action": "send", "_token": word, "_id": _between(page, '"compose_id":"', '"')}
        form |= {"_from": FROM.findall(page)[0].decode(), "_to": person.address, "_subject": "Re: Mesure"}
        form |= {"_message": WRITTEN, "_is_html": "0", "_framed": "1"}
        for _draft in range(drafts):
            status, page = wire.ask("POST", "/?_task=mail&_framed=1", FORM, urlencode(form | {"_draft": "1"}).encode())
            form["_draft_saveid"] = _between(page, 'set_draft_id("', '"')
        status, page = wire.ask("POST", "/?_task=mail&_framed=1", FORM, urlencode(form).encode())
        return (status if b"sent_successfully" in page else 500), page

    acts: dict[str, Act] = {
        "list": lambda wire: wire.ask("GET", listing, head),
        "open": lambda wire: wire.ask("GET", f"{shown}{next(letters)}"),
        "refresh": refresh,
    }
    return Visitor(cookies, acts, {"answer": answer, "ask": refresh})


def _signed_in(origin: str, ca: str, user: str, password: str) -> tuple[dict[str, str], str]:
    """Cookies, and the word that its own script sends with each request."""
    browser = Browser({"web": origin, "ca": ca})
    _status, page = browser.ask("GET", "/?_task=login")
    form = {"_task": "login", "_action": "login", "_timezone": "Europe/Paris", "_url": "", "_user": user}
    form |= {"_token": _between(page, '"request_token":"', '"'), "_pass": password}
    status, page = browser.ask("POST", "/?_task=login", form)
    assert status == 302, f"Roundcube refused: {status} {page[:300]!r}"
    status, page = browser.ask("GET", "/?_task=mail")
    assert status == 200, "no mail page"
    browser.connection.close()
    return browser.cookies, _between(page, '"request_token":"', '"')


def _between(page: bytes, left: str, right: str) -> str:
    text = page.decode()
    assert left in text, f"no {left} in the page"
    return text.partition(left)[2].partition(right)[0]


def _prepare(folder: Path, imap: PlainImap, data: Path) -> None:
    for part in ("config", "sessions", "temp", "logs", "nginx"):
        (folder / part).mkdir(mode=0o777)
        (folder / part).chmod(0o777)
    values = {
        "@folder@": str(folder),
        "@imap@": str(imap.port),
        "@tls@": str(data / "tls"),
        "@port@": str(PORT),
        "@smtp@": str(json.loads((data / "endpoints.json").read_text())["smtp"]["port"]),
        "@user@": "root" if os.geteuid() == 0 else "www-data",
    }
    for template, place in (("config.inc.php", "config"), ("fpm.conf", "."), ("nginx.conf", ".")):
        rendered(HERE / f"{template}.in", folder / place / template, values)
    shutil.copy("/etc/roundcube/defaults.inc.php", folder / "config")
    shutil.copy("/etc/roundcube/mimetypes.php", folder / "config")
    subprocess.run(
        ["php8.4", "-r", '$d=new PDO("sqlite:$argv[1]");$d->exec(file_get_contents($argv[2]));',
         str(folder / "db.sqlite"), str(SHARE / "SQL" / "sqlite.initial.sql")],
        check=True,
    )  # fmt: skip

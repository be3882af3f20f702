"""Debian's own Roundcube over the demo's Dovecot, tuned, for the length of a measurement.

    apt-get install roundcube-core roundcube-sqlite3 php8.4-fpm php8.4-sqlite3 php8.4-intl

Tuned: eight PHP processes that never end, opcache without looking at files again, sessions in files, no plugins, no
cache of its own in a database. Like our webmail it shows Dovecot a signed token, so that neither pays for Argon2.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.storm import Browser
from bench.wire import Wire

SHARE = Path("/usr/share/roundcube")
PORT = 33943
HERE = Path(__file__).parent


class NotInstalled(Exception):
    """Debian's packages are absent."""


@contextlib.contextmanager
def serving(endpoints: dict[str, Any], data: Path) -> Iterator[str]:
    """The origin where it answers, over the demo's certificate."""
    fpm = shutil.which("php-fpm8.4")
    if not SHARE.exists() or fpm is None:
        raise NotInstalled(__doc__)
    with tempfile.TemporaryDirectory(prefix="vaguemestre-roundcube-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        _prepare(folder, endpoints, data)
        # R: also as root, where a container has nobody else.
        programs = [
            subprocess.Popen([fpm, "-R", "-F", "-y", str(folder / "fpm.conf")]),
            subprocess.Popen(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]),
        ]
        try:
            time.sleep(1)
            yield f"https://localhost:{PORT}"
        finally:
            for program in programs:
                program.terminate()
                program.wait()


def session(origin: str, ca: str, user: str) -> tuple[Wire, str]:
    """Signed in, and the word that its own script sends with each request."""
    browser = Browser({"web": origin, "ca": ca})
    _status, page = browser.ask("GET", "/?_task=login")
    form = {"_task": "login", "_action": "login", "_timezone": "Europe/Paris", "_url": "", "_user": user}
    form |= {"_token": _between(page, '"request_token":"', '"'), "_pass": lasting_word(user)}
    status, page = browser.ask("POST", "/?_task=login", form)
    assert status == 302, f"Roundcube refused: {status} {page[:300]!r}"
    status, page = browser.ask("GET", "/?_task=mail")
    assert status == 200, "no mail page"
    return Wire(origin, ca, browser.cookies), _between(page, '"request_token":"', '"')


def lasting_word(user: str) -> str:
    """What stands in the field of the password: a token good for the length of a measurement."""
    # Here and not above: the settings of Django are there by now.
    from vaguemestre.accounts.mail_access.access_tokens import mail_token

    return f"Bearer {mail_token(user, now=datetime.now(UTC) + timedelta(hours=2))}"


def _between(page: bytes, left: str, right: str) -> str:
    text = page.decode()
    assert left in text, f"no {left} in the page"
    return text.partition(left)[2].partition(right)[0]


def _prepare(folder: Path, endpoints: dict[str, Any], data: Path) -> None:
    for part in ("config", "sessions", "temp", "logs", "nginx"):
        (folder / part).mkdir(mode=0o777)
        (folder / part).chmod(0o777)
    values = {
        "@folder@": str(folder),
        "@imap@": f"ssl://localhost:{endpoints['imaps']['port']}",
        "@ca@": str(endpoints["ca"]),
        "@tls@": str(data / "tls"),
        "@port@": str(PORT),
        "@share@": str(SHARE),
        "@user@": "root" if os.geteuid() == 0 else "www-data",
    }
    for template, place in (("config.inc.php", "config"), ("fpm.conf", "."), ("nginx.conf", ".")):
        text = (HERE / f"{template}.in").read_text()
        for name, value in values.items():
            text = text.replace(name, value)
        (folder / place / template).write_text(text)
    shutil.copy("/etc/roundcube/defaults.inc.php", folder / "config")
    shutil.copy("/etc/roundcube/mimetypes.php", folder / "config")
    subprocess.run(
        ["php8.4", "-r", '$d=new PDO("sqlite:$argv[1]");$d->exec(file_get_contents($argv[2]));',
         str(folder / "db.sqlite"), str(SHARE / "SQL" / "sqlite.initial.sql")],
        check=True,
    )  # fmt: skip

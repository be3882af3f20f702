"""Debian's own SOGo over the demo's mailboxes, tuned, for the length of a measurement.

    apt-get install --no-install-recommends sogo memcached postgresql

Eight processes that never end, memcached and PostgreSQL of its own on this machine, HTTP/2 in front, and Dovecot on a
plain local port (`bench.plain_imap`), to which each process keeps its connections.
"""

import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.mail_users import Person
from bench.plain_imap import PlainImap, rendered, running, until_connected
from bench.roundcube import NotInstalled
from bench.storm import Browser
from bench.webmail_side import Act, Visitor
from bench.wire import Wire

PORT, SOGOD, POSTGRESQL = 33945, 33946, 33947
DAEMON = Path("/usr/sbin/sogod")
RESOURCES = Path("/usr/share/GNUstep/SOGo/WebServerResources")
HERE = Path(__file__).parent
JSON = {"Content-Type": "application/json;charset=UTF-8", "Accept": "application/json"}
SORTED = {"sortingAttributes": {"sort": "arrival", "asc": 0}}


@contextlib.contextmanager
def serving(imap: PlainImap, data: Path) -> Iterator[tuple[str, list[int], list[int]]]:
    """The origin where it answers, over the demo's certificate; its own processes; nginx and what keeps its things."""
    if not DAEMON.exists() or not shutil.which("memcached"):
        raise NotInstalled(__doc__)
    with tempfile.TemporaryDirectory(prefix="vaguemestre-sogo-") as name, contextlib.ExitStack() as programs:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "nginx").mkdir()
        for part in ("home", "spool"):
            (folder / part).mkdir(mode=0o700)
            shutil.chown(folder / part, "sogo", "sogo")
        values = {
            "@folder@": name, "@tls@": str(data / "tls"), "@port@": str(PORT), "@sogod@": str(SOGOD),
            "@resources@": str(RESOURCES),
        }  # fmt: skip
        rendered(HERE / "nginx.conf.in", folder / "nginx.conf", values)
        database = programs.enter_context(_database(folder / "postgresql", data, imap))
        start = programs.enter_context
        cache = start(running(["memcached", "-l", "127.0.0.1", "-p", str(SOGOD + 5), "-m", "256"], user="sogo"))
        sogod = start(running(_command(folder, imap), user="sogo"))
        nginx = start(running(["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]))
        until_connected(SOGOD)
        until_connected(PORT)
        yield f"https://localhost:{PORT}", [sogod.pid], [nginx.pid, cache.pid, database]


def visitor(origin: str, ca: str, password: str, person: Person, letters: Iterator[int]) -> Visitor:
    browser = Browser({"web": origin, "ca": ca})
    said = JSON.copy()
    body = json.dumps({"userName": person.key, "password": password, "rememberLogin": 0})
    browser.connection.request("POST", "/SOGo/connect", body, said)
    answer = browser.connection.getresponse()
    cookies = dict(one.split(";")[0].split("=", 1) for one in answer.headers.get_all("Set-Cookie") or [])
    assert answer.status == 200, f"SOGo refused: {answer.status} {answer.read()[:300]!r}"
    browser.connection.close()
    said["X-XSRF-TOKEN"] = cookies.get("XSRF-TOKEN", "")
    mail = f"/SOGo/so/{person.key}/Mail"
    place = f"{mail}/0/folder{person.name.replace('_', '_U_').replace(' ', '_SP_')}"
    return Visitor(cookies, _acts(mail, place, said, letters, unread=person.name == "INBOX"))


def _acts(mail: str, place: str, said: dict[str, str], letters: Iterator[int], *, unread: bool) -> dict[str, Act]:
    page: dict[str, object] = {}

    def list_(wire: Wire) -> tuple[int, bytes]:
        status, body = wire.ask("POST", f"{place}/view", said, json.dumps(SORTED).encode())
        if status == 200:
            page["syncToken"] = json.loads(body).get("syncToken")
        return status, body

    def open_(wire: Wire) -> tuple[int, bytes]:
        """And that it was read, which its script sends at once."""
        number = next(letters)
        status, body = wire.ask("GET", f"{place}/{number}/view", said)
        if unread and status == 200:
            status, _nothing = wire.ask("GET", f"{place}/{number}/markMessageRead", said)
        return status, body

    def refresh(wire: Wire) -> tuple[int, bytes]:
        """What its timer asks: the changes of the folder, and how many are unread."""
        status, body = wire.ask("POST", f"{place}/changes", said, json.dumps(SORTED | page).encode())
        if status == 200:
            page["syncToken"] = json.loads(body).get("syncToken") or page["syncToken"]
            boxes = {"mailboxes": [place.removeprefix(f"{mail}/")]}
            status, body = wire.ask("POST", f"{mail}/unseenCount", said, json.dumps(boxes).encode())
        return status, body

    return {"list": list_, "open": open_, "refresh": refresh}


def _command(folder: Path, imap: PlainImap) -> list[str]:
    tables = f"postgresql://sogo:sogo@127.0.0.1:{POSTGRESQL}/sogo"
    source = (
        f'({{type = sql; id = people; viewURL = "{tables}/people"; canAuthenticate = YES; isAddressBook = NO; '
        "userPasswordAlgorithm = none;})"
    )
    settings = {
        "WOPort": f"127.0.0.1:{SOGOD}",
        "WOWorkersCount": "8",
        "WOListenQueueSize": "256",
        "WOLogFile": str(folder / "home" / "log"),
        "WOPidFile": str(folder / "home" / "pid"),
        "SOGoMailSpoolPath": str(folder / "spool"),
        "SOGoMemcachedHost": f"127.0.0.1:{SOGOD + 5}",
        "SOGoProfileURL": f"{tables}/sogo_user_profile",
        "OCSFolderInfoURL": f"{tables}/sogo_folder_info",
        "OCSSessionsFolderURL": f"{tables}/sogo_sessions_folder",
        "SOGoUserSources": source,
        "SOGoMailDomain": "exemple.example",
        "SOGoIMAPServer": f"imap://127.0.0.1:{imap.port}",
        "SOGoLanguage": "French",
        "SOGoLoginModule": "Mail",
        "SOGoTimeZone": "Europe/Paris",
        "SOGoMailAuxiliaryUserAccountsEnabled": "NO",
        "SOGoMaximumFailedLoginCount": "0",
        "SOGoSieveScriptsEnabled": "NO",
        "SOGoVacationEnabled": "NO",
        "SOGoForwardEnabled": "NO",
        "SxVMemLimit": "512",
    }
    return [
        "/usr/bin/env", f"HOME={folder / 'home'}", str(DAEMON), "-WONoDetach", "YES",
        *(word for name, value in settings.items() for word in (f"-{name}", value)),
    ]  # fmt: skip


@contextlib.contextmanager
def _database(folder: Path, data: Path, imap: PlainImap) -> Iterator[int]:
    """PostgreSQL's first process. Whoever has a mailbox in the demo may sign in, with the one password."""
    from tools.postgresql import programs

    folder.mkdir(mode=0o700)
    shutil.chown(folder, "sogo", "sogo")
    files = str(folder / "files")
    _as_sogo(str(programs() / "initdb"), "-D", files, "-U", "sogo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = [
        "-c",
        f"port={POSTGRESQL}",
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        f"unix_socket_directories={folder}",
    ]
    options += ["-c", "synchronous_commit=off"]
    with running([str(programs() / "postgres"), "-D", files, *options], user="sogo") as process:
        until_connected(POSTGRESQL)
        there = ["-h", str(folder), "-p", str(POSTGRESQL), "-U", "sogo"]
        _as_sogo(str(programs() / "createdb"), *there, "sogo")
        _as_sogo(str(programs() / "psql"), *there, "-q", "-v", "ON_ERROR_STOP=1", "sogo", said=_people(data, imap))
        yield process.pid


def _people(data: Path, imap: PlainImap) -> str:
    keys = sorted(path.name for path in (data / "mail").glob("*/a*"))
    rows = "".join(f"{key}\t{key}\t{imap.password}\t{key}\t{key}@exemple.example\n" for key in keys)
    columns = "c_uid text PRIMARY KEY, c_name text, c_password text, c_cn text, mail text"
    return f"CREATE TABLE people ({columns});\nCOPY people FROM stdin;\n{rows}\\.\n"


def _as_sogo(*command: str, said: str = "") -> None:
    subprocess.run(
        command, input=said, text=True, user="sogo", group="sogo", extra_groups=[], cwd="/", check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip

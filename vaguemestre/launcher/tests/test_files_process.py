"""The process that speaks with strangers, as its own user, behind the real nginx: what it serves, what it may read."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography.fernet import Fernet

from vaguemestre.handouts.encrypted_file import CHUNK, Seal
from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder
from vaguemestre.launcher.processes import programs
from vaguemestre.launcher.processes.supervision import clean_environment
from vaguemestre.launcher.testing import until
from vaguemestre.launcher.testing.nginx import fetching, pages, serving
from vaguemestre.strangers import PNG, trapped
from vaguemestre.web import file_tickets

KEY, SEAL = "ab" * 16, b"s" * 32
OCTETS = bytes(range(256)) * (CHUNK // 256) + b"la fin"
LINK, PICTURE = "/fichiers/octets/?lien=x", "/webmail/distantes/1/2/?u=x"


@pytest.fixture
def files(open_folder: Path, instance: Instance) -> Iterator[Instance]:
    """On its sockets, with a sealed file to hand out."""
    instance = instance.model_copy(update={"permitted_address": "127.0.0.1"})
    sealed = open_folder / "handouts" / KEY
    subprocess.run(
        ["install", "-o", folder.WEB_USER, "-g", folder.FILES_USER, "-m", "640", "/dev/null", sealed], check=True
    )
    with sealed.open("r+b") as file:
        Seal(SEAL, len(OCTETS)).write(file, 0, OCTETS[:CHUNK])
        Seal(SEAL, len(OCTETS)).write(file, 1, OCTETS[CHUNK:])
    [program] = [one for one in programs.programs(open_folder, instance) if one.name == "files"]
    environment = {**clean_environment(open_folder), **program.environment, "VAGUEMESTRE_DATA": str(open_folder)}
    with subprocess.Popen(
        program.command, user=program.user, group=program.user, extra_groups=[], umask=0o027, cwd=CHECKOUT,
        env=environment,
    ) as process:  # fmt: skip
        until(program.answers, "files does not answer")
        assert Path(f"/proc/{process.pid}").owner() == folder.FILES_USER
        yield instance
        process.terminate()


def place(
    data: Path, kind: str, facts: dict[str, object], key: bytes | None = None, age: timedelta = timedelta()
) -> dict[str, str]:
    """As `web` sends nginx there."""
    sealing = key or (data / "secrets" / file_tickets.KEY).read_bytes()
    ticket = file_tickets.seal_ticket(sealing, kind, facts, datetime.now(UTC) - age)
    to = f"{file_tickets.PLACE}{kind}/?{urlencode({file_tickets.FIELD: ticket})}"
    return {"X-Accel-Redirect": to, "Cache-Control": "private, no-store", "Content-Disposition": "attachment"}


HANDOUT: dict[str, object] = {"key": KEY, "size": len(OCTETS), "seal": SEAL.hex()}


def test_a_file_by_a_link_leaves_whole_or_in_part_and_is_counted_at_its_end(open_folder: Path, files: Instance) -> None:
    with serving(open_folder, files), pages(open_folder, lambda _: place(open_folder, "handout", HANDOUT)):
        part = fetching(files, LINK, {"Range": "bytes=0-5"})
        assert (part.status, part.content) == (206, OCTETS[:6])
        assert list((open_folder / "run" / "files" / "fetched").iterdir()) == []
        whole = fetching(files, LINK)
        assert (whole.status, whole.content) == (200, OCTETS)
        assert whole.headers.get_all("Cache-Control") == ["private, no-store"]
        assert whole.headers["Content-Disposition"] == "attachment"
        assert whole.headers["Content-Type"] == "application/octet-stream"
        assert whole.headers["Referrer-Policy"] == "no-referrer"
        assert whole.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert fetching(files, LINK, method="HEAD").headers["Content-Length"] == str(len(OCTETS))
        assert fetching(files, LINK, {"Range": f"bytes={len(OCTETS)}-"}).status == 416
    [note] = (open_folder / "run" / "files" / "fetched").iterdir()
    assert note.name.startswith(f"{KEY}.")
    subprocess.run(["rm", note], user=folder.WEB_USER, group=folder.WEB_USER, extra_groups=[], check=True)


def test_a_picture_is_fetched_and_its_server_learns_nothing_of_who_asks(open_folder: Path, files: Instance) -> None:
    mine = {"Cookie": "__Host-session=mine", "Referer": "https://x.example/"}
    with trapped() as trap, serving(open_folder, files):
        facts: dict[str, object] = {"url": f"{trap.url}/p", "reader": "a1", "again": f"{PICTURE}&encore=1"}
        with pages(open_folder, lambda _: place(open_folder, "picture", facts)) as asked:
            shown = fetching(files, PICTURE, mine)
        assert (shown.status, shown.content, shown.headers["Content-Type"]) == (200, PNG, "image/png")
        assert asked[-1]["Cookie"] == mine["Cookie"]
        assert "mine" not in str(trap.heard)


def test_no_visitor_has_anything_served_by_a_ticket_of_their_own(open_folder: Path, files: Instance) -> None:
    """Neither by its address, nor through a page that would be made to send one that `web` has not sealed just now."""
    good = place(open_folder, "handout", HANDOUT)
    forged = [
        place(open_folder, "handout", HANDOUT, key=Fernet.generate_key()),
        place(open_folder, "handout", HANDOUT, age=2 * file_tickets.LIFE),
        {"X-Accel-Redirect": place(open_folder, "picture", HANDOUT)["X-Accel-Redirect"].replace("picture", "handout")},
        {"X-Accel-Redirect": f"{file_tickets.PLACE}handout/"},
    ]
    with serving(open_folder, files):
        assert fetching(files, good["X-Accel-Redirect"]).status == 404
        for one in forged:
            with pages(open_folder, lambda _, one=one: one):  # type: ignore[misc]  # bound at once
                assert fetching(files, LINK).status == 404


def test_taken_over_it_shows_nothing_of_ours_and_runs_nothing_under_our_name(
    open_folder: Path, instance: Instance
) -> None:
    """What it answers is a stranger's by then."""
    (open_folder / "exports" / "x.zip").write_text("somebody's mail")
    said = {
        "X-Accel-Redirect": "/_exports/x.zip", "Set-Cookie": "__Host-session=theirs; Secure; Path=/",
        "Content-Type": "text/html", "Content-Disposition": "inline", "Content-Security-Policy": "script-src *",
    }  # fmt: skip
    theirs = [open_folder / "run" / "files" / name for name in ("handouts.sock", "pictures.sock")]
    product = {"handout": place(open_folder, "handout", HANDOUT), "picture": place(open_folder, "picture", HANDOUT)}
    with serving(open_folder, instance), pages(open_folder, lambda _: said, b"<script>", at=theirs):
        for kind, path in (("handout", LINK), ("picture", PICTURE)):
            with pages(open_folder, lambda _, kind=kind: product[kind]):  # type: ignore[misc]  # bound at once
                answer = fetching(instance, path)
            assert answer.content == b"<script>"
            assert answer.headers.get_all("Content-Disposition") == ["attachment"]
            assert answer.headers.get_all("Content-Security-Policy") == [
                "sandbox; default-src 'none'; frame-ancestors 'none'"
            ]
            assert "Set-Cookie" not in answer.headers


READS = """
import json, sys
from pathlib import Path
def tried(act):
    try:
        act()
    except PermissionError:
        return False
    return True
print(json.dumps({name: [tried(lambda: Path(name).open("rb").read(1)), tried(lambda: Path(name).open("ab"))]
    for name in sys.argv[1:]}))
"""


def test_its_user_reads_the_sealed_files_and_no_secret_no_table_no_mail(open_folder: Path, files: Instance) -> None:
    """Whatever a stranger makes of the process, it is no more than this user."""
    made = {
        "db/vaguemestre.sqlite3": "vaguemestre",
        "mail/x": "vmail",
        "letters/x": "vaguemestre",
        "outbox/x": "vaguemestre",
    }
    for name, owner in made.items():
        subprocess.run(["touch", open_folder / name], check=True, umask=0o027)
        subprocess.run(["chown", f"{owner}:{owner}", open_folder / name], check=True)
    found = [
        one for one in open_folder.rglob("*") if one.is_file() and "engine" not in one.parts and "tls" not in one.parts
    ]
    said = subprocess.run(
        [sys.executable, "-P", "-c", READS, *map(str, found)], user=folder.FILES_USER, group=folder.FILES_USER,
        extra_groups=[], check=True, capture_output=True, text=True, cwd="/",
    )  # fmt: skip
    may = {str(Path(name).relative_to(open_folder)): rights for name, rights in json.loads(said.stdout).items()}
    assert len(may) > 15
    public = {"secrets/mail-token.1.pub.pem", "run/nginx.pid"} | {name for name in may if name.startswith("log/")}
    assert {name for name, (reads, _) in may.items() if reads} - public == {f"handouts/{KEY}", "secrets/files.key"}
    assert not [name for name, (_, writes) in may.items() if writes]


def test_it_knows_no_setting_and_no_table(open_folder: Path) -> None:
    """So there is no password of a database, and no key of a cookie, in its memory."""
    code = "import sys, vaguemestre.files; print([name for name in ('django', 'psycopg') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-P", "-c", code], check=True, capture_output=True, text=True, cwd=CHECKOUT)
    assert said.stdout.strip() == "[]"


def test_files_of_before_and_those_of_a_backup_become_readable(open_folder: Path) -> None:
    """0.6.1 had them read by nobody but the web's user; a restore gives all to it. Links are not followed."""
    folder.lay_out(open_folder)
    victim, old, key = (
        open_folder / "victim",
        open_folder / "handouts" / KEY,
        open_folder / "secrets" / file_tickets.KEY,
    )
    for file in (victim, old, key, open_folder / "secrets" / "django.key"):
        file.touch(mode=0o600)
        os.chown(file, (open_folder / "secrets").stat().st_uid, (open_folder / "run").stat().st_gid)
    (open_folder / "handouts" / "link").symlink_to(victim)
    folder.lay_out(open_folder)
    for file in (old, key):
        assert (file.owner(), file.group(), file.stat().st_mode & 0o777) == (folder.WEB_USER, folder.FILES_USER, 0o640)
    for file in (victim, open_folder / "secrets" / "django.key"):
        assert (file.group(), file.stat().st_mode & 0o777) == (folder.WEB_USER, 0o600)

"""The same mailbox in real programs: mbsync reads and files, swaks and neomutt send, curl looks; the webmail shows what
they did. Thunderbird has a file of its own."""

import shlex
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.desk import Desk
from e2e.post import act, in_the_end, subjects
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
type Sit = Callable[..., tuple[Visitor, Desk]]


def mbsync(demo: Demo, account: dict[str, str], folder: Path) -> Path:
    """Two-way, as a laptop that was away. The password is read by a command, never written in the file."""
    (folder / "mail").mkdir(exist_ok=True)
    (folder / "password").write_text(account["password"])
    (folder / "password").chmod(0o600)
    configuration = folder / "mbsyncrc"
    configuration.write_text(f"""\
IMAPAccount school
Host {demo.endpoints["imaps"]["host"]}
Port {demo.endpoints["imaps"]["port"]}
User {account["identifier"]}
PassCmd "cat {folder}/password"
TLSType IMAPS
CertificateFile {demo.ca}

IMAPStore far
Account school

MaildirStore near
Path {folder}/mail/
Inbox {folder}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns INBOX Sent
Create Near
Expunge None
SyncState *
""")
    subprocess.run(["mbsync", "-c", str(configuration), "-a"], check=True, capture_output=True, timeout=60)
    return folder / "mail"


def test_mbsync_brings_the_mailbox_down_and_files_up(demo: Demo, at_the_desk: Sit, tmp_path: Path) -> None:
    account = demo.account("hr-officer")
    mail = mbsync(demo, account, tmp_path)
    kept = [path for path in (mail / "INBOX").rglob("*") if path.is_file() and path.parent.name in {"cur", "new"}]
    assert len(kept) == len(subjects(demo, account))
    assert any("Flux RH de cette nuit" in path.read_text(errors="replace") for path in kept)
    # A program stores what it sent: the webmail shows it under Sent.
    name = f"Depuis un logiciel {uuid.uuid4().hex[:6]}"
    sent = mail / "Sent" / "cur" / f"1.{uuid.uuid4().hex}.laptop:2,FS"
    sent.write_text(f"From: {account['address']}\nTo: {account['address']}\nSubject: {name}\n\nBonjour.\n")
    mbsync(demo, account, tmp_path)
    _visitor, desk = at_the_desk("hr-officer")
    desk.open_folder("Envoyés")
    expect(desk.row(name)).to_be_visible()
    assert name in subjects(demo, account, "Sent", "FLAGGED")  # with the mark that it bore there
    act(demo, account, name, "STORE", "-FLAGS", "\\Flagged", folder="Sent")
    mbsync(demo, account, tmp_path)
    [there] = [path for path in (mail / "Sent").rglob("*:2,*") if name in path.read_text(errors="replace")]
    assert there.name.endswith(":2,S")


def test_swaks_sends_over_tls_with_the_identifier_and_the_webmail_shows_it(demo: Demo, at_the_desk: Sit) -> None:
    account, to = demo.account("hr-officer"), demo.account("administrator")
    name = f"Envoi par un logiciel {uuid.uuid4().hex[:6]}"
    swaks(demo, account, "--from", account["address"], "--to", to["address"], "--header", f"Subject: {name}")
    _visitor, desk = at_the_desk("administrator")
    desk.wait_for(name)
    desk.open(name)
    expect(desk.reader).to_contain_text(account["address"])


def test_nobody_sends_as_somebody_else(demo: Demo) -> None:
    account, other = demo.account("hr-officer"), demo.account("administrator")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        swaks(demo, account, "--from", other["address"], "--to", account["address"])
    assert "553" in refused.value.stdout or "550" in refused.value.stdout


def swaks(demo: Demo, account: dict[str, str], *options: str) -> None:
    smtps = demo.endpoints["smtps"]
    subprocess.run(
        ["swaks", "--server", smtps["host"], "--port", str(smtps["port"]), "--tls-on-connect", "--tls-verify",
         "--tls-ca-path", str(demo.ca), "--auth", "PLAIN", "--auth-user", account["identifier"],
         "--auth-password", account["password"], "--timeout", "30", *options],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def neomutt(demo: Demo, account: dict[str, str], folder: Path, hook: str, *options: str, login: str = "") -> None:
    """As somebody at a terminal has it; the hook presses the keys. (Without a terminal it keeps no copy on a server.)
    The password is read by a command, never written in the file; `login`, when there is none."""
    (folder / "password").write_text(account["password"])
    (folder / "password").chmod(0o600)
    login = login or f'set imap_pass = "`cat {folder}/password`"\nset smtp_pass = "`cat {folder}/password`"'
    imaps, smtps = demo.endpoints["imaps"], demo.endpoints["smtps"]
    (folder / "neomuttrc").write_text(f"""\
set from = "{account["address"]}"
set imap_user = "{account["identifier"]}"
{login}
set smtp_url = "smtps://{account["identifier"]}@{smtps["host"]}:{smtps["port"]}"
set folder = "imaps://{imaps["host"]}:{imaps["port"]}"
set spool_file = "+INBOX"
set record = "+Sent"
set ssl_ca_certificates_file = "{demo.ca}"
set ssl_use_system_certs = no
# No question before the letter, nor about one that the editor left as it was.
set autoedit = yes
set edit_headers = yes
set editor = "true"
set abort_unmodified = no
set quit = yes
{hook}
""")
    surroundings = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TERM": "xterm", "LANG": "C.UTF-8"}
    command = shlex.join(["neomutt", "-n", "-F", str(folder / "neomuttrc"), *options])
    at_a_terminal = ["script", "--quiet", "--return", "--command", command, str(folder / "screen")]
    nothing = subprocess.DEVNULL
    subprocess.run(at_a_terminal, stdin=nothing, capture_output=True, timeout=60, env=surroundings, check=True)


def test_neomutt_sends_keeps_one_copy_and_marks(demo: Demo, tmp_path: Path) -> None:
    account, to = demo.account("hr-officer"), demo.account("school-head")
    name = f"mutt{uuid.uuid4().hex[:8]}"
    (tmp_path / "text").write_text("Bonjour,\n\nÀ la rentrée.\n")
    options = ("-s", name, "-i", str(tmp_path / "text"), "--", to["address"])
    neomutt(demo, account, tmp_path, 'send2-hook . "push <send-message>"', *options)
    in_the_end(lambda: name in subjects(demo, to))
    assert subjects(demo, account, "Sent").count(name) == 1
    pressed = f"<limit>~s {name}<enter><flag-message><sync-mailbox><quit>"
    neomutt(demo, account, tmp_path, f'folder-hook . "push \\"{pressed}\\""', "-f", "+Sent")
    assert name in subjects(demo, account, "Sent", "FLAGGED")


def test_curl_sees_what_each_folder_is_for_and_no_door_without_tls(demo: Demo) -> None:
    account, imaps = demo.account("hr-officer"), demo.endpoints["imaps"]
    address = f"imaps://{imaps['host']}:{imaps['port']}/"
    secret = f'user = "{account["identifier"]}:{account["password"]}"'
    command = ["curl", "--silent", "--show-error", "--cacert", str(demo.ca), "--config", "-"]
    asked = [*command, address, "--request", 'LIST (SPECIAL-USE) "" "*"']
    said = subprocess.run(asked, input=secret, check=True, capture_output=True, text=True, timeout=60).stdout
    for use in ("Drafts", "Sent", "Archive", "Junk", "Trash"):
        assert f"\\{use}" in said
    plain = [*command, address.replace("imaps", "imap"), "--request", "NOOP", "--max-time", "10"]
    assert subprocess.run(plain, input=secret, check=False, capture_output=True, text=True, timeout=60).returncode != 0

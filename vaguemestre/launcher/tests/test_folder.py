import os
import stat
import subprocess
from pathlib import Path

import pytest

from vaguemestre.engine import daemon_folders
from vaguemestre.instance import Instance, Ports
from vaguemestre.launcher.data_folder import endpoints, folder
from vaguemestre.launcher.errors import LauncherError


def test_a_closed_home_above_is_named(open_folder: Path) -> None:
    home = open_folder / "home"
    (home / "data").mkdir(parents=True)
    home.chmod(0o700)
    with pytest.raises(LauncherError, match=rf"{home} \(mode 700\)"):
        folder.require_reachable(home / "data")


def test_a_path_too_long_for_sockets_is_refused(open_folder: Path) -> None:
    with pytest.raises(LauncherError, match="70"):
        folder.lay_out(open_folder / ("long" * 20))


def test_where_everything_is_with_passwords_is_for_its_owner_alone(open_folder: Path) -> None:
    endpoints.publish(open_folder, Instance(), [{"identifier": "fdupont", "totp": "JBSWY3DPEHPK3PXP"}])
    assert stat.S_IMODE((open_folder / endpoints.FILE).stat().st_mode) == 0o600
    assert endpoints.read(open_folder)[0]["identifier"] == "fdupont"


def test_secrets_and_letters_are_closed_to_others(open_folder: Path) -> None:
    folder.lay_out(open_folder)
    for name in ("letters", "outbox", "spool", "mail"):
        assert stat.S_IMODE((open_folder / name).stat().st_mode) == 0o700
    # `files` passes through to its own key; it cannot look around.
    secrets = open_folder / "secrets"
    assert (secrets.group(), stat.S_IMODE(secrets.stat().st_mode)) == (folder.FILES_USER, 0o710)


def test_logs_are_closed_to_others(open_folder: Path) -> None:
    folder.lay_out(open_folder)
    log = open_folder / "log"
    assert (log.owner(), log.group(), stat.S_IMODE(log.stat().st_mode)) == ("root", "vaguemestre", 0o750)


def test_laying_out_again_keeps_what_is_there(open_folder: Path) -> None:
    folder.lay_out(open_folder)
    (open_folder / "db" / "kept").write_text("kept")
    folder.lay_out(open_folder)
    assert (open_folder / "db" / "kept").read_text() == "kept"


def make_folders(data: Path) -> None:
    folder.lay_out(data)
    with folder.links_refused():
        daemon_folders.make(Instance(data=data, mode="test", rspamd=False))


@pytest.mark.parametrize("name", ["run/cleaner", "run/unheard", "db/mail.sqlite3"])
def test_root_gives_nothing_away_through_a_link_of_the_web_user_s(open_folder: Path, tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.mkdir(mode=0o700) if name.startswith("run/") else victim.touch(mode=0o600)
    before = victim.stat()
    make_folders(open_folder)
    subprocess.run(["rm", "-r", open_folder / name], check=True)
    (open_folder / name).symlink_to(victim)
    with pytest.raises(LauncherError, match=f"{open_folder / name} n’est pas ce qui doit être là"):
        make_folders(open_folder)
    after = victim.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


def test_root_reads_nothing_through_a_link_of_the_web_user_s(open_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    folder.lay_out(open_folder)
    (open_folder / "secrets" / "mail-token.9.pub.pem").symlink_to(tmp_path / "secret")
    with pytest.raises(daemon_folders.SymbolicLinkError):
        daemon_folders.place_keys(Instance(data=open_folder, mode="test", rspamd=False), open_folder / "engine")
    assert "secret" not in [file.read_text() for file in (open_folder / "engine").rglob("*") if file.is_file()]


def test_a_link_of_the_operator_s_to_another_disk_is_followed(open_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (open_folder / "mail").symlink_to(tmp_path / "disk")
    folder.lay_out(open_folder)
    assert ((tmp_path / "disk").owner(), stat.S_IMODE((tmp_path / "disk").stat().st_mode)) == ("vmail", 0o700)


def test_other_ports_leave_the_rest_of_the_file_to_the_operator(open_folder: Path) -> None:
    file = open_folder / "instance.toml"
    folder.write_instance(file, {"mode": "demo", "rspamd": True}, Ports.from_base(24000))
    file.write_text(file.read_text() + '\n[tls]\ncertificate = "/etc/ssl/ours.pem"\n')
    folder.change_ports(file, Ports.from_base(26000))
    text = file.read_text()
    assert "web = 26443" in text
    assert "24443" not in text
    assert 'mode = "demo"' in text
    assert 'certificate = "/etc/ssl/ours.pem"' in text


def test_a_file_is_never_open_to_more_than_it_should(open_folder: Path) -> None:
    before = os.umask(0)
    try:
        folder.write(open_folder / "key", "secret", mode=0o600)
    finally:
        os.umask(before)
    assert stat.S_IMODE((open_folder / "key").stat().st_mode) == 0o600
    assert [path.name for path in open_folder.iterdir()] == ["key"]

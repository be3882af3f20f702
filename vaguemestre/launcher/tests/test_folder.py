import os
import stat
from pathlib import Path

import pytest

from vaguemestre.instance import Instance, Ports
from vaguemestre.launcher import endpoints, folder
from vaguemestre.launcher.problem import Problem


def test_a_closed_home_above_is_named(open_folder: Path) -> None:
    home = open_folder / "home"
    (home / "data").mkdir(parents=True)
    home.chmod(0o700)
    with pytest.raises(Problem, match=rf"{home} \(mode 700\)"):
        folder.require_reachable(home / "data")


def test_a_path_too_long_for_sockets_is_refused(open_folder: Path) -> None:
    with pytest.raises(Problem, match="70"):
        folder.lay_out(open_folder / ("long" * 20))


def test_where_everything_is_with_passwords_is_for_its_owner_alone(open_folder: Path) -> None:
    endpoints.publish(open_folder, Instance(), [{"identifier": "fdupont", "totp": "JBSWY3DPEHPK3PXP"}])
    assert stat.S_IMODE((open_folder / endpoints.FILE).stat().st_mode) == 0o600
    assert endpoints.read(open_folder)[0]["identifier"] == "fdupont"


def test_secrets_and_letters_are_closed_to_others(open_folder: Path) -> None:
    folder.lay_out(open_folder)
    for name in ("secrets", "letters", "outbox", "spool", "mail"):
        assert stat.S_IMODE((open_folder / name).stat().st_mode) == 0o700


def test_logs_are_closed_to_others(open_folder: Path) -> None:
    folder.lay_out(open_folder)
    log = open_folder / "log"
    assert (log.owner(), log.group(), stat.S_IMODE(log.stat().st_mode)) == ("root", "vaguemestre", 0o750)


def test_laying_out_again_keeps_what_is_there(open_folder: Path) -> None:
    folder.lay_out(open_folder)
    (open_folder / "db" / "kept").write_text("kept")
    folder.lay_out(open_folder)
    assert (open_folder / "db" / "kept").read_text() == "kept"


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

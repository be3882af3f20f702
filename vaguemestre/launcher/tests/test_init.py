"""`vaguemestre init`: a machine that serves already is left alone, and what an operator wrote is never written over."""

import os
import socket
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vaguemestre.instance import Backup, Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.installation import daemons, init, occupied, questions
from vaguemestre.launcher.installation.occupied import Machine
from vaguemestre.launcher.installation.questions import Answers
from vaguemestre.launcher.testing.certificates import TestAuthority

ANSWERS = Answers("ac-exemple.fr", "messagerie.ac-exemple.fr", "", "", "", "")
ACADEMY = CHECKOUT / "academy.toml"
HOST = "messagerie.ac-exemple.fr"


@pytest.mark.parametrize(
    ("machine", "named"),
    [
        (Machine(mail_servers=("exim4-daemon-light",)), ["exim4-daemon-light", "apt purge"]),
        (Machine(holders={25: "master (812)"}), ["25", "master (812)"]),
        (Machine(enabled=("nginx.service",)), ["systemctl disable --now nginx.service"]),
        (Machine(changed={"dovecot-core": "/etc/dovecot/local.conf"}), ["/etc/dovecot/local.conf", "dovecot-core"]),
    ],
)
def test_a_machine_that_serves_is_refused_in_words(machine: Machine, named: Sequence[str]) -> None:
    with pytest.raises(LauncherError) as refused:
        init.require_unoccupied(machine)
    assert not [word for word in named if word not in str(refused.value)]


def test_a_name_that_leads_nowhere_is_said_at_once() -> None:
    init.require_resolvable("127.0.0.1")
    with pytest.raises(LauncherError, match="/etc/hosts"):
        init.require_resolvable("messagerie.invalid")


def test_a_bare_machine_is_taken() -> None:
    init.require_unoccupied(Machine())


def test_who_listens_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(occupied, "PORTS", (port,))
        assert port in (occupied.look().holders or {})


def test_a_configuration_that_somebody_wrote_is_seen(tmp_path: Path) -> None:
    nginx = next(daemon for daemon in occupied.DAEMONS if daemon.package == "nginx-common")
    sites = tmp_path / "etc/nginx/sites-enabled"
    sites.mkdir(parents=True)
    (sites / "default").touch()
    assert not occupied._changed(nginx, tmp_path).startswith("/etc/nginx/sites-enabled")
    (sites / "wiki").touch()
    assert occupied._changed(nginx, tmp_path) == "/etc/nginx/sites-enabled/wiki"


def test_the_example_that_debian_s_rspamd_brings_is_nobody_s_configuration(tmp_path: Path) -> None:
    rspamd = next(daemon for daemon in occupied.DAEMONS if daemon.package == "rspamd")
    folder = tmp_path / "etc" / "rspamd" / "local.d"
    folder.mkdir(parents=True)
    (folder / "module.conf.example").touch()
    assert "local.d" not in occupied._changed(rspamd, tmp_path)
    (folder / "actions.conf").touch()
    assert occupied._changed(rspamd, tmp_path) == "/etc/rspamd/local.d/actions.conf"


def test_a_changed_file_among_those_that_dpkg_verifies() -> None:
    said = "??5??????   /usr/share/doc/x\n??5?????? c /etc/nginx/nginx.conf\nmissing   c /etc/y\n"
    assert occupied.changed_file(said) == "/etc/nginx/nginx.conf"
    assert occupied.changed_file("") == ""


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the example lead somewhere; the resolver of the machine that tests knows none of them."""
    real = socket.getaddrinfo

    def lead(host: str, *rest: object) -> object:
        return real("127.0.0.1" if host.endswith(".ac-exemple.fr") else host, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lead)


def ask(*options: str) -> Answers:
    return questions.ask(questions.parse(options), ACADEMY)


@pytest.mark.usefixtures("names")
def test_defaults_and_options() -> None:
    answers = ask("--yes", "--host", "mail.ac-exemple.fr", "--relay", "[smtp.exemple.fr]:587")
    assert answers == Answers(
        questions.domain_of(ACADEMY), "mail.ac-exemple.fr", "", "", "", "[smtp.exemple.fr]:587"
    )  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        ["--host", "localhost"],
        ["--host", "messagerie.invalid"],
        ["--domain", "ac_exemple"],
        ["--database", "mysql://one"],
        ["--database", "postgresql://one@/?host=/run"],
        ["--certificate", "/nowhere.pem"],
        ["--relay", "smtp exemple"],
    ],
)
@pytest.mark.usefixtures("names")
def test_an_option_that_will_not_do_is_named(options: list[str]) -> None:
    with pytest.raises(LauncherError) as refused:
        ask("--yes", "--host", "mail.ac-exemple.fr", *options)
    assert options[0] in str(refused.value)


def test_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(LauncherError, match="--yes"):
        ask()


@pytest.mark.usefixtures("names")
def test_a_typed_answer_that_will_not_do_is_asked_again_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = TestAuthority.made(datetime.now(UTC))
    own, other = (
        [str(file) for file in authority.files(tmp_path, [host], name)]
        for name, host in (("own", HOST), ("other", "x.ac-exemple.fr"))
    )
    given = [
        ("domain", ""), ("host", "localhost"), ("host", "messagerie.invalid"), ("host", HOST), ("database", "-"),
        ("certificate", other[0]), ("key", other[1]), ("certificate", own[0]), ("key", other[1]),
        ("certificate", own[0]), ("key", own[1]), ("relay", "-"),
    ]  # fmt: skip
    asked: list[str] = []

    def typed(question: questions.Question, default: str) -> str:
        asked.append(question.option)
        return given[len(asked) - 1][1] or default

    monkeypatch.setattr(questions, "_typed", typed)
    answers = ask()
    assert asked == [option for option, _answer in given]
    assert answers == Answers(questions.domain_of(ACADEMY), HOST, "", own[0], own[1], "")
    said = capsys.readouterr().out
    assert "messagerie.invalid" in said
    assert "/etc/hosts" in said
    assert "x.ac-exemple.fr" in said


def test_what_was_answered_is_kept_when_the_packages_cannot_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next try asks nothing."""

    def refused(*, postgresql: bool) -> None:
        raise LauncherError(f"apt-get update… (100), {postgresql}")

    academy = tmp_path / "academy.toml"
    academy.write_text(ACADEMY.read_text("utf-8"), "utf-8")
    for name in ("VAGUEMESTRE_DATA", "DJANGO_SETTINGS_MODULE"):  # it points at the folder
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.setattr(init, "ACADEMY", academy)
    monkeypatch.setattr(init, "SYSTEMD", tmp_path)
    monkeypatch.setattr(init, "_runs", lambda: False)
    monkeypatch.setattr(occupied, "look", Machine)
    monkeypatch.setattr(questions, "ask", lambda _options, _academy: replace(ANSWERS, host="127.0.0.1"))
    monkeypatch.setattr(daemons, "install", refused)
    with pytest.raises(LauncherError, match="apt-get"):
        init.run([], tmp_path / "data")
    assert tomllib.loads((tmp_path / "data" / "instance.toml").read_text())["host"] == "127.0.0.1"
    monkeypatch.setattr(questions, "ask", lambda *_arguments: pytest.fail("asked again"))
    monkeypatch.delenv("VAGUEMESTRE_DATABASE", raising=False)
    with pytest.raises(LauncherError, match="apt-get"):
        init.run([], tmp_path / "data")


@pytest.mark.parametrize("backed_up", [True, False])
def test_what_remains_names_backups_until_they_are_set_up(tmp_path: Path, backed_up: bool) -> None:
    section = Backup(repository="/srv/one", secrets_repository="/srv/two") if backed_up else None
    tasks = init._remaining(tmp_path, Instance(data=tmp_path, mode="production", backup=section))
    assert any("sauvegarde" in task for task in tasks) is not backed_up


def test_what_is_written_is_what_the_service_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = tmp_path / "own.pem"
    answers = Answers(
        "ac-exemple.fr", "messagerie.ac-exemple.fr", "postgresql://one@/vg?host=/run/postgresql", str(certificate),
        str(certificate), "[smtp.exemple.fr]:587",
    )  # fmt: skip
    init.write_instance(tmp_path, answers)
    monkeypatch.setenv("VAGUEMESTRE_DATA", str(tmp_path))
    monkeypatch.delenv("VAGUEMESTRE_DATABASE", raising=False)
    read = Instance()
    assert (read.mode, read.host, read.listen, read.ports.web) == ("production", answers.host, "0.0.0.0", 443)  # noqa: S104
    assert (read.database, read.relay, read.tls.certificate) == (answers.database, answers.relay, certificate)
    assert (tmp_path / "instance.toml").stat().st_mode & 0o777 == 0o644
    assert [file.name for file in tmp_path.iterdir()] == ["instance.toml"]


def test_never_over_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "instance.toml").write_text("mode = 'production'\n")
    with pytest.raises(LauncherError):
        init.write_instance(tmp_path, ANSWERS)
    assert (tmp_path / "instance.toml").read_text() == "mode = 'production'\n"


def test_the_domain_goes_into_the_authority_s_facts_and_nothing_else(tmp_path: Path) -> None:
    """Through a link, as the package has it."""
    file, link = tmp_path / "etc.toml", tmp_path / "academy.toml"
    file.write_text(ACADEMY.read_text("utf-8"), "utf-8")
    link.symlink_to(file)
    before = tomllib.loads(file.read_text("utf-8"))
    init.set_domain(link, "ac-exemple.fr")
    after = tomllib.loads(link.read_text("utf-8"))
    assert link.is_symlink()
    assert after["domain"] == "ac-exemple.fr"
    assert after["help_desk"]["phishing_to"] == "abuse@ac-exemple.fr"
    assert after["mail"]["tls_reports_to"] == "postmaster@ac-exemple.fr"
    for facts in (before, after):
        facts["help_desk"]["phishing_to"] = facts["mail"]["tls_reports_to"] = ""
        facts["domain"] = ""
    assert before == after


def test_what_a_killed_try_left_forbids_no_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemons, "POLICY", tmp_path / "policy")
    monkeypatch.setattr(daemons, "PUT_ASIDE", tmp_path / "aside")
    with daemons._nothing_starts():
        pass
    assert not list(tmp_path.iterdir())
    (tmp_path / "policy").write_text(daemons.REFUSAL)
    (tmp_path / "aside").write_text("the administrator's")
    daemons._allow_starts()
    assert (tmp_path / "policy").read_text() == "the administrator's"
    assert not (tmp_path / "aside").exists()

"""Each program is asked in its own words: one that hangs is told from one that answers, and by its name."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from vaguemestre.engine import health_findings, liveness_probes, mail_heartbeat, program_state
from vaguemestre.engine.program_state import UnitState
from vaguemestre.engine.testing.programs import MAIL_PROGRAMS, hung
from vaguemestre.testing import data_folder
from vaguemestre.web import health_checks
from vaguemestre.web.findings import Severity
from vaguemestre.web.health_checks import Check

ASK = "import sys; from pathlib import Path; from vaguemestre.engine import liveness_probes as e; e.SECONDS = 0.5; " \
    "sys.exit(not e.answers_through_keeper(Path(sys.argv[1]), sys.argv[2]))"  # fmt: skip


@pytest.fixture(autouse=True)
def mail_programs(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PROGRAMS = MAIL_PROGRAMS
    monkeypatch.setattr(liveness_probes, "SECONDS", 1.0)


def silent() -> list[str]:
    return [name for name, answers in program_state.program_answers().items() if not answers]


@pytest.mark.parametrize("program", ["sendercheck", "decoder", "queuekeeper", "sink"])
def test_one_that_hangs_does_not_answer(daemons: None, program: str) -> None:
    assert silent() == []
    with hung(program):
        assert silent() == [program]
    assert silent() == []


def test_the_product_asks_by_root_s_hand_what_it_may_not_open(daemons: None) -> None:
    command = [sys.executable, "-P", "-c", ASK, str(data_folder()), "decoder"]
    asked_by = {"user": "vaguemestre", "group": "vaguemestre", "extra_groups": []}
    place = data_folder() / "run" / "decoder" / "socket"
    refused = subprocess.run(["test", "-w", str(place)], check=False, **asked_by)  # type: ignore[call-overload]
    assert refused.returncode, "it may open that by itself"

    def answers() -> bool:
        done: subprocess.CompletedProcess[bytes] = subprocess.run(command, check=False, **asked_by)  # type: ignore[call-overload]
        return done.returncode == 0

    assert answers()
    with hung("decoder"):
        assert not answers()


def test_one_finding_for_one_cause(daemons: None, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named with its remedy, and nothing of what follows from it."""
    monkeypatch.setattr(health_checks, "run_checks", lambda: [Check("database", True), Check("sending", False, "451")])
    with hung("sendercheck"):
        [finding] = health_findings.health_findings(timezone.now())
    assert "sendercheck ne répond pas" in finding.sentence
    assert "rien ne part" in finding.sentence
    assert finding.severity == Severity.ALARM
    [finding] = health_findings.health_findings(timezone.now())
    assert "451" in finding.sentence, "whoever is not to blame is not named"


def test_who_is_behind_another_is_named_alone(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*away: str, parts: tuple[Check, ...] = ()) -> list[str]:
        monkeypatch.setattr(health_findings, "program_answers", lambda: dict.fromkeys(away, False))
        monkeypatch.setattr(health_checks, "run_checks", lambda: list(parts))
        return [finding.sentence for finding in health_findings.health_findings(timezone.now())]

    both = (Check("receiving", False, "451"), Check("sending", False, "454"))
    [said] = told("rspamd", "postfix", parts=both)
    assert "rspamd" in said
    [said] = told("web", "nginx")
    assert "web" in said
    [said] = told("cleaner", parts=(Check("cleaner", False, "away"),))
    assert "cleaner" in said
    [said] = told("tasks", parts=(Check("database", False, "OperationalError"),))
    assert "base" in said
    stale = tuple(Check(part, False, f"{mail_heartbeat.NO_MESSAGE} 11 minutes") for part in ("receiving", "sending"))
    [said] = told("tasks", parts=stale)
    assert "tasks" in said


def test_every_program_has_its_meaning() -> None:
    from vaguemestre.instance import Instance
    from vaguemestre.launcher.processes.programs import programs

    nowhere = Path("/nowhere")
    listed = {program.name for mode in ("demo", "production")
              for program in programs(nowhere, Instance(data=nowhere, mode=mode, rspamd=True))}  # fmt: skip
    assert listed == health_findings.MEANINGS.keys()


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    units, groups = tmp_path / "units", tmp_path / "groups"
    units.mkdir()
    (groups / "vaguemestre-rspamd.service").mkdir(parents=True)
    monkeypatch.setattr(program_state, "UNIT_FOLDERS", (tmp_path / "none", units))
    monkeypatch.setattr(program_state, "GROUPS", groups)
    return units / "vaguemestre-rspamd.service"


def test_a_unit_is_masked_stopped_or_runs(systemd: Path, tmp_path: Path) -> None:
    assert program_state.unit_state("rspamd") == UnitState.UNKNOWN
    systemd.write_text("[Service]\n")
    events = tmp_path / "groups" / "vaguemestre-rspamd.service" / "cgroup.events"
    assert program_state.unit_state("rspamd") == UnitState.STOPPED
    events.write_text("populated 0\nfrozen 0\n")
    assert program_state.unit_state("rspamd") == UnitState.STOPPED
    events.write_text("populated 1\nfrozen 0\n")
    assert program_state.unit_state("rspamd") == UnitState.RUNNING
    systemd.unlink()
    systemd.symlink_to("/dev/null")
    assert program_state.unit_state("rspamd") == UnitState.MASKED


@pytest.mark.parametrize(
    ("state", "remedy"),
    [
        (UnitState.MASKED, "systemctl unmask vaguemestre-rspamd && systemctl start vaguemestre-rspamd"),
        (UnitState.STOPPED, "systemctl start vaguemestre-rspamd"),
        (UnitState.RUNNING, "systemctl restart vaguemestre-rspamd"),
    ],
)
def test_each_state_has_its_remedy(db: None, monkeypatch: pytest.MonkeyPatch, state: UnitState, remedy: str) -> None:
    monkeypatch.setattr(health_findings, "program_answers", lambda: {"rspamd": False})
    monkeypatch.setattr(health_findings, "unit_state", lambda _program: state)
    monkeypatch.setattr(health_checks, "run_checks", list)
    [finding] = health_findings.health_findings(timezone.now())
    assert finding.remedy == remedy

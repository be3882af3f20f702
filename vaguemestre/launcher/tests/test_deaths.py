"""`kill -9` of each program, and of everything at once: every door answers again, without an act of an operator."""

import http
import os
import signal
import time
from pathlib import Path

import pytest

from vaguemestre.instance import Instance
from vaguemestre.launcher.process_table import processes
from vaguemestre.launcher.processes import programs
from vaguemestre.launcher.testing import Demo, descendants, launch, mail_program, mails, page, until
from vaguemestre.mailbox.sandbox import watchdog
from vaguemestre.web.restarts import MANY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

NOWHERE = Path("/nowhere")
LISTED = programs.programs(NOWHERE, Instance(data=NOWHERE, mode="demo", rspamd=True))
PROGRAMS = [program.name for program in LISTED]


def alive(pids: list[int]) -> set[int]:
    return set(pids) & {process.pid for process in processes()}


def every_door_answers(demo: Demo) -> bool:
    return all(program.answers() for program in demo.programs()) and page(demo, "/ready/")[0] == http.HTTPStatus.OK


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_is_killed_takes_its_children_with_it_and_comes_back(demo: Demo, name: str) -> None:
    session = mail_program(demo)  # its process would serve on
    old = demo.kill(name)
    until(lambda: not alive(old), f"what {name} had started lives on")
    until(lambda: every_door_answers(demo), f"{name} does not come back")
    session.shutdown()
    assert demo.supervision.pid(name) not in (0, *old)
    assert mails(demo) > 0


def test_those_of_ours_that_hang_are_started_again(demo: Demo) -> None:
    """The watchdog's, all at once: it takes minutes. The servers are stopped whole, workers and all."""
    old = {program.name: demo.supervision.pid(program.name) for program in demo.programs() if program.beats}
    for pid in old.values():
        for one in descendants(pid):
            os.kill(one, signal.SIGSTOP)
    deadline = time.monotonic() + 2 * watchdog.SILENCE_SECONDS
    while hung := [name for name, pid in old.items() if demo.supervision.pid(name) in (0, pid)]:
        assert time.monotonic() < deadline, f"not started again: {', '.join(hung)}"
        time.sleep(1)
    until(lambda: every_door_answers(demo), "one does not answer again")


def test_what_cannot_start_is_tried_less_and_less_often_and_the_state_page_says_so(demo: Demo) -> None:
    in_the_way = demo.data / "run" / "files" / "handouts.sock"
    demo.supervision.stop_program("files")
    in_the_way.mkdir()
    demo.supervision.start_program("files")
    log = demo.data / "log" / "files.log"
    until(lambda: f"failure {MANY} in a row" in log.read_text(errors="replace"), "it does not say that it fails")
    until(lambda: "s’arrête sans cesse" in page(demo, "/etat/")[1], "the state page does not say so")
    in_the_way.rmdir()
    until(lambda: every_door_answers(demo), "it does not come back")


def test_a_supervisor_that_is_killed_takes_everything_with_it(demo: Demo) -> None:
    supervisor = int(demo.supervision.pid_file.read_text())
    family = descendants(supervisor)
    os.kill(supervisor, signal.SIGKILL)
    assert "Rien ne tourne" not in launch(demo.data, "--stop")
    assert alive(family) == set()
    assert "Rien ne tourne" in launch(demo.data, "--stop")
    launch(demo.data, "--background")
    assert every_door_answers(demo)


def test_after_a_power_cut_one_start_is_enough(demo: Demo) -> None:
    before = mails(demo)
    demo.kill_everything()
    launch(demo.data, "--background")
    assert every_door_answers(demo)
    assert mails(demo) == before


def test_children_of_dead_programs_and_a_dead_supervisor_are_not_in_the_way(demo: Demo) -> None:
    """Who kills parents all at once leaves children to nobody, with ports and sockets open."""
    supervisor = int(demo.supervision.pid_file.read_text())
    firsts = {name: demo.supervision.pid(name) for name in PROGRAMS}
    family = descendants(supervisor)
    os.kill(supervisor, signal.SIGSTOP)  # or it would start each again before the next one is dead
    for pid in firsts.values():
        os.kill(pid, signal.SIGKILL)
    os.kill(supervisor, signal.SIGKILL)
    launch(demo.data, "--background")
    assert alive(family) == set()
    assert every_door_answers(demo)

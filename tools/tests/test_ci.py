"""The long runs of `bin/ci`: two at a time, each seen to its end, each failure told."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import ci, second_look

MEETS = (
    "touch {mine}; echo here > {chosen}; for _ in $(seq 600); do [ -e {other} ] && exit {code}; sleep 0.1; done; exit 9"
)
FOLLOWS = "[ -e {mine} ] && [ -e {other} ] && echo the third of them, told by the first: $(cat {chosen})"


def as_it_is(call: Sequence[str], _memory: Path) -> list[str]:
    return ["sh", "-c", *call]


def test_two_at_a_time_and_all_to_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(second_look, "noting", as_it_is)
    one, two = tmp_path / "one", tmp_path / "two"
    first = MEETS.format(mine=one, other=two, code=0, chosen=ci.CHOSEN)
    second = MEETS.format(mine=two, other=one, code=7, chosen=tmp_path / "unread")
    wrong = ci.run_tests([[(first,), (FOLLOWS.format(mine=one, other=two, chosen=ci.CHOSEN),)], [(second,)]])
    assert wrong == [f"sh -c {second}: 7"]
    said = capfd.readouterr().out
    assert "\nthe third of them, told by the first: here\n" in said
    assert "\nRuns that needed a second look: 1 of 3\n" in said


def test_proofs_of_minutes_run_when_they_are_asked_for_and_never_else(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def noting(*titles: str) -> list[ci.Check]:
        return [ci.Check(title, lambda title=title: ran.append(title) or []) for title in titles]  # type: ignore[misc,func-returns-value]

    monkeypatch.setattr(ci, "checks", lambda: noting("format", "systemd units"))
    monkeypatch.setattr(ci, "proofs", lambda: noting("systemd, in a bare Debian"))
    assert ci.run([]) == ci.run(["--slow"]) == ci.run(["--slow", "debian"]) == ci.run(["--slow", "systemd"]) == 0
    assert ran == ["format", "systemd units"] + 2 * ["systemd, in a bare Debian"]


def test_every_check_that_failed_is_listed_with_what_mends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def tests() -> list[str]:
        ran.append("tests")
        return []

    offered = [
        ci.Check("format", lambda: ["a.py"], mend="ruff format ."),
        ci.Check("lint", list),
        ci.Check("types", lambda: ["b.py"]),
        ci.Check("tests", tests, alone=True),
    ]
    monkeypatch.setattr(ci, "checks", lambda: offered)
    assert ci.run([]) == 1
    assert ran == ["tests"]
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "FAILED: format. To mend it: ruff format .", "", "FAILED: types",
    ]  # fmt: skip

"""A test that fails once and passes alone is named and stops nothing; one that fails twice, or many, stop the CI."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import second_look
from vaguemestre.launcher.checkout import CHECKOUT


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a real run, tests are named by where they lie in the folder that it runs in."""
    monkeypatch.setattr(second_look, "CHECKOUT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))


WAVERS = """
import pathlib
import pytest

@pytest.mark.parametrize("name", ["à l'heure", "en retard [2]"])
def test_first_time(name):
    seen = pathlib.Path(__file__).with_suffix(".seen")
    if name == "en retard [2]" and not seen.exists():
        seen.touch()
        raise AssertionError

def test_runs_once():
    again = pathlib.Path(__file__).with_suffix(".again")
    assert not again.exists()
    again.touch()
"""
ALWAYS = "def test_that_fails():\n    assert False\n"
MANY = "".join(f"def test_{number}():\n    assert False\n" for number in range(second_look.MOST + 1))


def looked_at(folder: Path, text: str, *, named: str = "") -> tuple[int, list[str]]:
    """`named`: a test of another file, which a list of tests names too."""
    place = folder / "room" / "test_it.py"
    place.parent.mkdir()
    place.write_text(text, encoding="utf-8")
    tests = str(place)
    if named:
        place.with_name("test_it_too.py").write_text(f"def {named}():\n    pass\n", encoding="utf-8")
        (folder / "chosen").write_text(
            f"{place}::test_first_time\n{place}::test_runs_once\n{place.with_name('test_it_too.py')}::{named}\n",
            encoding="utf-8",
        )
        tests = f"@{folder}/chosen"
    ours = str(CHECKOUT / "pyproject.toml")  # the options that every run of ours has
    run = second_look.noting(
        [sys.executable, "-m", "pytest", "-c", ours, f"--rootdir={folder}", tests], folder / "memory"
    )
    code = subprocess.call(run, cwd=folder)
    return code, second_look.look(run, folder / "memory", code)


@pytest.mark.parametrize("named", ["", "test_beside"])
def test_one_that_wavers_is_named_and_the_others_do_not_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    assert looked_at(tmp_path, WAVERS, named=named) == (1, [])
    said = capsys.readouterr().out
    assert "WAVERS (failed, then passed alone): " in said
    assert "test_first_time[en retard [2]]" in said


def test_one_that_fails_twice_stops_it(tmp_path: Path) -> None:
    code, wrong = looked_at(tmp_path, ALWAYS)
    assert (code, len(wrong)) == (1, 1)
    assert wrong[0].endswith(": 1, and again alone: 1")


@pytest.mark.parametrize("text", [MANY, "import nothing_of_that_name\n", "raise KeyboardInterrupt\n", ""])
def test_many_failures_or_a_run_that_did_not_end_get_no_second_look(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, wrong = looked_at(tmp_path, text)
    assert code
    assert wrong[0].endswith(f": {code}")
    assert "second look" not in capsys.readouterr().out


def test_a_run_that_passed_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert looked_at(tmp_path, "def test_that_passes():\n    pass\n") == (0, [])
    assert capsys.readouterr().out == ""

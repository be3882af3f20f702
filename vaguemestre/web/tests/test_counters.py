"""What several processes count comes together, and a full disk hurts nobody."""

import errno
import os
import subprocess
import sys
import timeit
from pathlib import Path

import pytest

from vaguemestre.web.monitoring import counters
from vaguemestre.web.monitoring.counters import Counter, Histogram

DOORS = {"door": ["web", "imap"], "result": ["good", "wrong"]}
CHILD = """
from vaguemestre.web.monitoring.counters import Counter
Counter("tries_total", "", {"door": ["web", "imap"], "result": ["good", "wrong"]}).add("imap", "wrong")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of this program, beside those of others."""
    place = tmp_path / "web"
    counters.begin(place)
    monkeypatch.setenv(counters.VARIABLE, str(place))
    return place


def count_elsewhere(folder: Path) -> None:
    environment = {**os.environ, counters.VARIABLE: str(folder)}
    subprocess.run([sys.executable, "-c", CHILD], env=environment, check=True)


def told(counter: Counter) -> dict[tuple[str, ...], int]:
    return {tuple(labels.values()): counts[0] for labels, counts in counter.totals()}


def test_processes_of_all_programs_are_added_up(folder: Path) -> None:
    mine = Counter("tries_total", "", DOORS)
    assert set(told(mine).values()) == {0}
    mine.add("web", "good")
    counters.begin(folder.with_name("gate"))
    count_elsewhere(folder)
    count_elsewhere(folder.with_name("gate"))
    assert told(mine) == {("web", "good"): 1, ("web", "wrong"): 0, ("imap", "good"): 0, ("imap", "wrong"): 2}


def test_a_program_that_starts_begins_with_nothing(folder: Path) -> None:
    count_elsewhere(folder)
    counters.begin(folder)
    assert not any(told(Counter("tries_total", "", DOORS)).values())


def test_a_file_of_another_version_is_left_out(folder: Path) -> None:
    count_elsewhere(folder)
    assert not any(told(Counter("tries_total", "", {"door": ["web"], "result": ["good"]})).values())


def test_only_words_of_ours_are_counted(folder: Path) -> None:
    with pytest.raises(KeyError):
        Counter("tries_total", "", DOORS).add("web", "a name that somebody typed")


def test_on_a_full_disk_the_process_counts_for_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    mine = Counter("tries_total", "", DOORS)
    mine.add("web", "good")
    assert told(mine)["web", "good"] == 1


def test_durations_are_sorted_into_their_classes(folder: Path) -> None:
    histogram = Histogram("page_seconds", "", {"page": ["list"]}, (0.1, 1))
    for seconds in (0.05, 0.1, 0.5, 3):
        histogram.observe(seconds, "list")
    [(labels, counts)] = histogram.totals()
    assert labels == {"page": "list"}
    assert counts == [2, 1, 1, 3_650_000]


def test_what_counting_costs(folder: Path) -> None:
    """Microseconds; ten measured, on a busy machine. The limit only tells it from a call of the system."""
    histogram = Histogram("page_seconds", "", {"page": ["list"]}, (0.1, 1))
    histogram.observe(0.2, "list")
    assert timeit.timeit(lambda: histogram.observe(0.2, "list"), number=1000) < 1

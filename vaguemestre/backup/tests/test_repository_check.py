"""What `backup check` found is kept, and said until all is whole again."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vaguemestre.backup.errors import BackupError, DamagedError, LockedError
from vaguemestre.backup.places.configuration import BackupConfiguration
from vaguemestre.backup.places.runs import BackupRun
from vaguemestre.backup.run import backup_run, repository_check
from vaguemestre.backup.run.repository_check import PARTS, check_repositories
from vaguemestre.backup.status.outcomes import Task, read_outcome

NOW = datetime.now(UTC)
CHECKOUT = Path(__file__).parents[3]


def test_damage_is_kept_with_its_place_and_both_are_looked_at(
    store: BackupConfiguration, database: Mapping[str, Any]
) -> None:
    run = backup_run.back_up(store, database, CHECKOUT, now=NOW)
    packs = [file for file in (Path(store.mail.address) / "data").rglob("*") if file.is_file()]
    whole = {pack: pack.read_bytes() for pack in packs}
    for pack, content in whole.items():
        pack.chmod(0o600)
        pack.write_bytes(content[:40] + b"12345678" + content[48:])
    told: list[tuple[str, bool]] = []

    def tell(place: str, error: BackupError | None) -> None:
        told.append((place, isinstance(error, DamagedError)))

    with pytest.raises(DamagedError):
        check_repositories(store, now=NOW, share_of_data="100%", tell=tell)
    assert told == [(store.mail.address, True), (store.secrets.address, False)]
    kept = read_outcome(store.data, Task.CHECK)
    assert (kept.code, kept.done_at) == ("damaged", None)
    assert store.mail.address in kept.detail
    for pack, content in whole.items():
        pack.write_bytes(content)
    assert check_repositories(store, now=NOW).id == run.id
    kept = read_outcome(store.data, Task.CHECK)
    assert (kept.code, kept.done_at) == ("", kept.tried_at)


class Checks:
    """In place of restic: how much each was to read; the next end as it is told."""

    def __init__(self) -> None:
        self.shares: list[str] = []
        self.ends: list[BackupError] = []

    def check(self, _configuration: BackupConfiguration, share: str, _tell: object) -> BackupRun:
        self.shares.append(share)
        if self.ends:
            raise self.ends.pop()
        return BackupRun("x", NOW, {}, None)  # type: ignore[arg-type]  # nobody reads it


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Checks:
    made = Checks()
    monkeypatch.setattr(repository_check, "_check", made.check)
    return made


def test_all_is_read_within_a_quarter_and_a_twentieth_at_least_each_week(
    configuration: BackupConfiguration, checks: Checks
) -> None:
    for week in range(PARTS + 1):
        check_repositories(configuration, now=NOW + timedelta(weeks=week))
    assert checks.shares == [*(f"{part}/{PARTS}" for part in range(1, PARTS + 1)), f"1/{PARTS}"]
    assert PARTS <= 20
    assert timedelta(weeks=PARTS) <= timedelta(days=90)


def test_a_part_that_was_not_read_is_the_next_one_s_and_a_share_by_hand_takes_none(
    configuration: BackupConfiguration, checks: Checks
) -> None:
    check_repositories(configuration, now=NOW)
    checks.ends = [LockedError()]
    with pytest.raises(LockedError):
        check_repositories(configuration, now=NOW)
    assert read_outcome(configuration.data, Task.CHECK).code == "locked"
    check_repositories(configuration, now=NOW, share_of_data="5%")
    check_repositories(configuration, now=NOW)
    assert checks.shares == [f"1/{PARTS}", f"2/{PARTS}", "5%", f"2/{PARTS}"]


@pytest.mark.parametrize("share", [None, "1%"])
def test_after_damage_no_part_is_enough_and_no_other_failure_hides_it(
    configuration: BackupConfiguration, checks: Checks, share: str | None
) -> None:
    checks.ends = [LockedError(), DamagedError("one: a pack")]
    for error in (DamagedError, LockedError):
        with pytest.raises(error):
            check_repositories(configuration, now=NOW, share_of_data=share)
        kept = read_outcome(configuration.data, Task.CHECK)
        assert (kept.code, kept.detail) == ("damaged", "one: a pack")
    check_repositories(configuration, now=NOW, share_of_data=share)
    assert checks.shares[1:] == ["100%", "100%"]
    assert read_outcome(configuration.data, Task.CHECK).code == ""

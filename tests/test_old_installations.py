"""Who has only some of the migrations that became one stops before anything changes, and upgrades to 0.10 first."""

import pytest
from django.db import connection
from django.db.migrations.exceptions import NodeNotFoundError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


def replaced_migrations() -> dict[str, list[tuple[str, str]]]:
    files = MigrationLoader(None).disk_migrations.values()
    return {migration.app_label: list(migration.replaces) for migration in files if migration.replaces}


def test_one_that_has_all_goes_on() -> None:
    applied = MigrationLoader(connection).applied_migrations
    assert set(replaced_migrations()) == {"career", "moving", "sso", "webmail"}
    assert all(name in applied for names in replaced_migrations().values() for name in names)


@pytest.mark.parametrize("room", ["career", "moving", "sso", "webmail"])
def test_one_that_has_some_stops_and_names_what_it_misses(room: str) -> None:
    last = replaced_migrations()[room][-1]
    MigrationRecorder(connection).record_unapplied(*last)
    with pytest.raises(NodeNotFoundError, match=last[1]):
        MigrationLoader(connection)

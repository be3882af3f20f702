"""Exports, imports and withdrawals continue by one task. Slices that wait under its former paths would find nobody: the rooms
ask for them again within a minute."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FORMER = [
    "vaguemestre.exports.tasks.make_exports", "vaguemestre.moving.tasks.bring_mail",
    "vaguemestre.withdrawals.tasks.walk",
]  # fmt: skip


def drop(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    results = apps.get_model("django_tasks_database", "DBTaskResult")
    results._default_manager.filter(status="READY", task_path__in=FORMER).delete()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("clock", "0003_version_of_a_row"), ("django_tasks_database", "0021_conditional_partial_index_ordering")]
    operations: ClassVar = [migrations.RunPython(drop, migrations.RunPython.noop)]

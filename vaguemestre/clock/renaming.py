"""For migrations: rows written before an upgrade hold a job's former name, or the path of a task whose file moved."""

from collections.abc import Mapping

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython


def rename(app: str, model: str, field: str, names: Mapping[str, str]) -> RunPython:
    """Each value of `field` that is in `names` (old to new) changes; reversible. For a task:
    `rename("django_tasks_database", "DBTaskResult", "task_path", …)`, with a dependency on that app's migrations."""

    def change(apps: Apps, names: Mapping[str, str]) -> None:
        rows = apps.get_model(app, model)._default_manager
        for old, new in names.items():
            rows.filter(**{field: old}).update(**{field: new})

    def forwards(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
        change(apps, names)

    def backwards(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
        change(apps, {new: old for old, new in names.items()})

    return RunPython(forwards, backwards)

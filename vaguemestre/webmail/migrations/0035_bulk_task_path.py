"""The task that goes on with an act on many messages stands beside them: rows that wait hold the path of its function."""

from typing import ClassVar

from django.db import migrations

from vaguemestre.clock.renaming import rename

PATHS = {"vaguemestre.webmail.tasks.go_on_with": "vaguemestre.webmail.bulk.go_on_with"}


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("webmail", "0034_outgoing_begun"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]
    operations: ClassVar = [rename("django_tasks_database", "DBTaskResult", "task_path", PATHS)]

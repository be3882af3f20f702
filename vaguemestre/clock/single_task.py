"""A task that asks for itself again until its work is done is asked for once, however many ask."""

from django.tasks.base import Task
from django_tasks_db.models import DBTaskResult


def ask_once(task: Task[[], bool]) -> None:
    """Unless it waits already: else each call of a clock would begin another chain beside the first."""
    if not DBTaskResult.objects.ready().filter(task_path=task.module_path).exists():
        task.enqueue()

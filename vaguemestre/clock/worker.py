"""Background tasks and the clock loop in one process, which can be stopped at any moment."""

import logging
import os
import signal
import socket
import threading
import time
from types import FrameType

from django.db import OperationalError, close_old_connections, connection
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from vaguemestre.clock import due, urgent_jobs

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 1.0
GRACE_SECONDS = 8.0


class TasksWorker(Worker):
    """db_worker's loop; the differences: a database that is away, and a stop during a task that takes minutes."""

    def __init__(self) -> None:
        super().__init__(
            queue_names=["*"],
            interval=INTERVAL_SECONDS,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id(),
            excluded_queue_names=[],
        )

    def run(self) -> None:
        """Waits for a database that is away: a process that ends is started again later each time."""
        while self.running:
            try:
                due.plan_recurring(timezone.now())
                if interrupted := requeue_interrupted():
                    logger.info("%s interrupted task(s) start again", interrupted)
                super().run()
            except OperationalError:
                logger.warning("the database is busy or away: the tasks wait", exc_info=True)
                close_old_connections()
                time.sleep(INTERVAL_SECONDS)

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Idle: out at once. Busy: the task has a few seconds, then the process ends as if by a crash: the task is
        still marked as running and `requeue_interrupted` gives it back at the next start."""
        if self.running and self.running_task:
            logger.info("stopping: a task has %s s to finish", GRACE_SECONDS)
            self.running = False
            timer = threading.Timer(GRACE_SECONDS, os._exit, (0,))
            timer.daemon = True
            timer.start()
            return
        super().shutdown(signum, frame)

    def configure_signals(self) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
            signal.signal(signum, self.shutdown)


def worker_id() -> str:
    """The same at each start on this machine, so that it can find what it left behind."""
    return f"tasks@{socket.gethostname()}"[:64]


def requeue_interrupted() -> int:
    """Tasks that this machine's worker was running when it died are ready again. SQLite is never shared, and a
    container has another name at each start: there every running task was ours."""
    running = DBTaskResult.objects.running().only("id", "worker_ids")
    alone = connection.vendor == "sqlite"
    ids = [task.id for task in running if alone or worker_id() in task.worker_ids[-1:]]
    return DBTaskResult.objects.filter(id__in=ids).update(status=TaskResultStatus.READY)


def clock_loop(stop: threading.Event) -> None:
    while not stop.wait(INTERVAL_SECONDS):
        close_old_connections()
        try:
            due.run(timezone.now())
        except OperationalError:
            logger.warning("the database is busy or away: the clock tries again", exc_info=True)
    connection.close()


def serve() -> None:
    """Runs until a signal; the main thread works, a second one keeps the time, a third does what cannot wait."""
    due.load()  # before there are threads
    stop = threading.Event()
    clock = threading.Thread(target=clock_loop, args=(stop,), name="clock", daemon=True)
    clock.start()
    prompt = threading.Thread(target=urgent_jobs.loop, args=(stop,), name="urgent", daemon=True)
    prompt.start()
    worker = TasksWorker()
    worker.configure_signals()
    try:
        worker.run()
    finally:
        stop.set()
        clock.join(GRACE_SECONDS)
        prompt.join(GRACE_SECONDS)

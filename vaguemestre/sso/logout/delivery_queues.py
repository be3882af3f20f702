"""Each application is told in a queue of its own: one that is down, or slow, is waited for by nobody but itself.

A queue is a few threads that take the application's logout notifications one after the other, and end when there is
none. The first that cannot be told puts all others of that application off, with pauses that grow; the first that is
heard again brings them back. At least once: a notification that is heard twice does no harm.
"""

import logging
import threading
from collections import Counter
from datetime import datetime, timedelta

from django.db import Error as DatabaseError, connection
from django.db.models import F
from django.utils import timezone

from vaguemestre.sso.logout import logout_message
from vaguemestre.sso.logout.outbound_http import UndeliveredError
from vaguemestre.sso.models import Farewell

logger = logging.getLogger(__name__)

WIDTH = 4  # notifications told to one application at the same time
MOST = 64  # threads
CLAIM = timedelta(seconds=20)  # longer than a telling may last: after it, whoever claimed it is dead
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 60, 180, 600, 1800))
GIVE_UP = timedelta(hours=24)  # by then the application has ended the session by itself

_running: Counter[int] = Counter()
_lock = threading.Lock()
_threads: set[threading.Thread] = set()


def open_queue(application: int) -> None:
    """Does nothing when it is as wide as it may be."""
    with _lock:
        if _running[application] >= WIDTH or _running.total() >= MOST:
            return
        thread = threading.Thread(target=_walk, args=(application,), name=f"logout-{application}", daemon=True)
        thread.start()  # under the lock: one that cannot be started counts for nothing
        _running[application] += 1
        _threads.add(thread)


def wait_for_queues(seconds: float) -> None:
    """For tests: waits for the queues there are, and for those that they open."""
    while threads := list(_threads):
        for thread in threads:
            thread.join(seconds)


def _walk(application: int) -> None:
    try:
        while one := _claim(application, timezone.now()):
            open_queue(application)  # there may be more than this thread can tell
            if not _tell(one):
                break
    except DatabaseError:
        logger.warning("farewells: the database is busy or away; once more soon", exc_info=True)
    finally:
        connection.close()
        with _lock:
            _running[application] -= 1
            _threads.discard(threading.current_thread())


def _claim(application: int, now: datetime) -> Farewell | None:
    """One that is due, and from now on nobody else's."""
    due = Farewell.objects.filter(visit__application=application, next_at__lte=now).order_by("next_at", "pk")
    for pk, at in due.values_list("pk", "next_at")[: 2 * WIDTH]:
        mine = Farewell.objects.filter(pk=pk, next_at=at)
        if mine.update(next_at=now + CLAIM, tries=F("tries") + 1):
            told = Farewell.objects.select_related("visit__application", "visit__account", "visit__service_ticket")
            return told.get(pk=pk)
    return None


def _tell(one: Farewell) -> bool:
    """False when the application does not answer: the queue ends, and the others wait with this one."""
    now = timezone.now()
    try:
        logout_message.send_logout(one.visit, now=now)
    except UndeliveredError as error:
        _put_off(one, error, timezone.now())
        return not error.away
    except DatabaseError:
        raise
    except Exception:  # an address or a key that cannot be used: the others are told all the same
        logger.exception("farewell to %s", one.visit.application.slug)
        _put_off(one, UndeliveredError("our own fault", away=False), timezone.now())
        return True
    Farewell.objects.filter(pk=one.pk).update(done_at=timezone.now(), next_at=None, last_error="")
    if one.last_error:
        _bring_back(one, now)
    return True


def _put_off(one: Farewell, error: UndeliveredError, now: datetime) -> None:
    again = now + PAUSES[min(one.tries, len(PAUSES)) - 1]
    if one.asked_at + GIVE_UP <= now:
        logger.warning("farewell to %s given up: %s", one.visit.application.slug, error)
        again_or_never = None
    else:
        logger.info("farewell to %s not heard (%s), try %d", one.visit.application.slug, error, one.tries)
        again_or_never = again
    Farewell.objects.filter(pk=one.pk).update(next_at=again_or_never, last_error=str(error)[:200])
    if error.away:
        others = Farewell.objects.filter(visit__application=one.visit.application_id, next_at__lte=now)
        others.update(next_at=again, last_error=str(error)[:200])


def _bring_back(one: Farewell, now: datetime) -> None:
    """It was away and answers again: whatever else waits for it need not wait any longer."""
    others = Farewell.objects.filter(visit__application=one.visit.application_id, next_at__gt=now)
    others.exclude(last_error="").update(next_at=now)

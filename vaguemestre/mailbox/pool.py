"""Open connections, per process and account. One `Pool` a process is enough; it is safe to share between threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.session import Session


class Pool:
    """`token` gives a fresh token for a user; it is called only when a connection must be opened."""

    def __init__(self, endpoint: Endpoint, token: Callable[[str], str], *, per_user: int = 3, total: int = 200) -> None:
        self.endpoint = endpoint
        self.token = token

    @contextmanager
    def session(self, user: str, *, remote: str | None = None) -> Iterator[Session]:
        """`remote`: the person's own address, told to the server at sign-in for its log and its throttling."""
        raise NotImplementedError

    def forget(self, user: str) -> None:
        """Close the idle connections of one account (sign-out)."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

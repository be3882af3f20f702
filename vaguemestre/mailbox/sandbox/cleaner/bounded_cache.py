"""What a process that reads hostile mail may remember from one to the next: bounded in bytes, not only in number."""

from collections.abc import Callable
from functools import lru_cache, wraps

LONGEST = 500  # characters of all that was asked: what honest mails repeat is shorter


def bounded_cache[Answer](most: int) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """The answers of a function of texts; those of long ones are worked out each time."""

    def around(work: Callable[..., Answer]) -> Callable[..., Answer]:
        kept = lru_cache(maxsize=most)(work)

        @wraps(work)
        def answer(text: str, *more: str) -> Answer:
            if more:
                return kept(text, *more) if len(text) + sum(map(len, more)) <= LONGEST else work(text, *more)
            return kept(text) if len(text) <= LONGEST else work(text)

        return answer

    return around

"""What a process that reads hostile mail may remember from one to the next: bounded in octets, not only in number."""

from collections.abc import Callable
from functools import lru_cache, wraps

LONGEST = 500  # characters of all that was asked: what honest mails repeat is shorter


def remembered[Answer](most: int) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """The answers of a function of texts; those of long ones are worked out each time."""

    def around(work: Callable[..., Answer]) -> Callable[..., Answer]:
        kept = lru_cache(maxsize=most)(work)

        @wraps(work)
        def answer(*given: str) -> Answer:
            return kept(*given) if sum(map(len, given)) <= LONGEST else work(*given)

        return answer

    return around

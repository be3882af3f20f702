"""What was typed, carried by the page itself from one captcha to the next: sealed, so that its source tells nothing."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from vaguemestre.accounts.secret_sealing import Purpose, SealError, seal, unseal
from vaguemestre.people.numen import Numen

LASTS = timedelta(minutes=30)


@dataclass(frozen=True)
class SealedInput:
    numen: Numen
    birth_date: date

    def sealed(self, now: datetime) -> str:
        facts = {"numen": self.numen.encrypted(), "born": self.birth_date.isoformat(), "at": now.timestamp()}
        return seal(json.dumps(facts).encode(), Purpose.TYPED)


def unseal_input(text: str, now: datetime) -> SealedInput | None:
    """None for what we did not seal, or sealed too long ago."""
    try:
        facts = json.loads(unseal(text, Purpose.TYPED))
    except SealError:
        return None
    if not 0 <= now.timestamp() - facts["at"] <= LASTS.total_seconds():
        return None
    return SealedInput(Numen.decrypted(facts["numen"]), date.fromisoformat(facts["born"]))

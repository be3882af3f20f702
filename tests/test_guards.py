"""Each guard that a proof takes away is still there, and so is its test (`proofs/shared_mailboxes.py`)."""

from pathlib import Path

import pytest

from proofs.shared_mailboxes import GUARDS, Guard

HOUSE = Path(__file__).parent.parent


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_and_its_test_are_there(guard: Guard) -> None:
    for file, there, without in guard.places:
        assert there in (HOUSE / file).read_text(encoding="utf-8")
        assert there != without
    file, _colons, name = guard.test.partition("::")
    assert f"def {name}(" in (HOUSE / file).read_text(encoding="utf-8")

"""How long a sentence stays."""

from vaguemestre.web.toasts import Toast


def test_what_can_be_taken_back_stays_longer_and_an_act_may_say_how_long_itself() -> None:
    assert [Toast("Fait").stays, Toast("Fait", "mot").stays, Toast("Envoi", "mot", seconds=20).stays] == [6, 12, 20]

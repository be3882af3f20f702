"""What this room asks of rooms above (`web.ports`)."""

from collections.abc import Callable, Collection

from vaguemestre.web.ports import Port

type LivingLetters = Callable[[Collection[str]], dict[tuple[str, str], bool]]

# Which letters are written or wait for their hour: (account key, name) -> it is still written.
living_letters = Port[LivingLetters]("handouts.living_letters")

# Names of sealed files of the folder that another room keeps (`sealed_files`).
kept_files = Port[Callable[[], Collection[str]]]("handouts.kept_files")

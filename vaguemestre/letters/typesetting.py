"""Typesets one batch in a process of its own: typst keeps what it has set, hundreds of megabytes a thousand letters.

Parent: `typeset(batch)`. Child: `python -m vaguemestre.letters.typesetting TEMPLATE ROOM`, JSON in, PDF/UA out,
by pipes, so that nothing secret stands in an argument or a file. The child knows neither Django nor the database.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS = 120


class TypesettingError(Exception):
    """Typst refused the sheets; its words name a place in the template, never what stood on a letter."""


def typeset(batch: Mapping[str, object], template: str = "letter.typ", *, room: str = "letters") -> bytes:
    """PDF/UA-1. The batch travels as JSON, which the template (a file of `room`, that reads no other) sets as text."""
    command = [sys.executable, "-m", "vaguemestre.letters.typesetting", template, room]
    done = subprocess.run(
        command, input=json.dumps(batch).encode(), capture_output=True, timeout=SECONDS, cwd=HERE.parent.parent
    )
    if done.returncode:
        raise TypesettingError(done.stderr.decode(errors="replace")[-500:])
    return done.stdout


def main() -> None:
    import typst

    room = HERE.parent / sys.argv[2]
    document = typst.compile(
        str(room / sys.argv[1]),
        root=str(room),
        font_paths=[str(HERE / "fonts")],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"batch": sys.stdin.read()},
    )
    if not isinstance(document, bytes):
        raise TypeError("one document was expected")
    sys.stdout.buffer.write(document)


if __name__ == "__main__":
    main()

"""`python -m vaguemestre.mailbox.converter FOLDER`: until SIGTERM."""

from vaguemestre.mailbox.converter.keeper import serve
from vaguemestre.mailbox.standalone import run

if __name__ == "__main__":
    raise SystemExit(run(serve, "python -m vaguemestre.mailbox.converter FOLDER"))

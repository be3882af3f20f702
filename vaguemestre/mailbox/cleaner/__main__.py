"""`python -m vaguemestre.mailbox.cleaner SOCKET`: until SIGTERM."""

from vaguemestre.mailbox.cleaner.keeper import serve
from vaguemestre.mailbox.standalone import run

if __name__ == "__main__":
    raise SystemExit(run(serve, "python -m vaguemestre.mailbox.cleaner SOCKET"))

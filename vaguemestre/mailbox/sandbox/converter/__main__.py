"""`python -m vaguemestre.mailbox.sandbox.converter FOLDER`: until SIGTERM."""

from vaguemestre.mailbox.sandbox.converter.job_server import serve
from vaguemestre.mailbox.sandbox.socket_process import run_server

if __name__ == "__main__":
    raise SystemExit(run_server(serve, "python -m vaguemestre.mailbox.sandbox.converter FOLDER"))

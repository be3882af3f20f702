"""`python -P -m vaguemestre.engine.decoder SOCKET`: until SIGTERM."""

from vaguemestre.engine.decoder.server import Decoder
from vaguemestre.mailbox.sandbox.socket_process import run_server

if __name__ == "__main__":
    raise SystemExit(run_server(Decoder().serve, "python -m vaguemestre.engine.decoder SOCKET"))

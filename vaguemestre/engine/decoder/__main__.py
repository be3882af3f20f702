"""`python -P -m vaguemestre.engine.decoder SOCKET`: until SIGTERM."""

from vaguemestre.engine.decoder.serving import Decoder
from vaguemestre.mailbox.standalone import run

if __name__ == "__main__":
    raise SystemExit(run(Decoder().serve, "python -m vaguemestre.engine.decoder SOCKET"))

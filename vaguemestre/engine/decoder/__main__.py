"""`python -P -m vaguemestre.engine.decoder SOCKET`: until SIGTERM."""

import signal
import sys
from pathlib import Path

from vaguemestre.engine.decoder.serving import Decoder


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m vaguemestre.engine.decoder SOCKET\n")
        return 2
    decoder = Decoder(Path(sys.argv[1]))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: decoder.stop())
    decoder.serve()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Standard input and output joined to one machine's port: the way mbsync takes, so that it speaks to the address that
was judged and to no other that the name may mean a moment later. What passes is encrypted from mbsync to the server.

    python -m vaguemestre.moving.tcp_relay ADDRESS PORT
"""

import os
import socket
import sys
import threading

_PIECE = 65536
_PATIENCE = 60.0


def main(address: str, port: int) -> int:
    try:
        link = socket.create_connection((address, port), timeout=10)
    except OSError as error:
        sys.stderr.write(f"relay: {error.strerror or error}\n")
        return 1
    link.settimeout(_PATIENCE)
    threading.Thread(target=_send, args=(link,), daemon=True).start()
    try:
        while piece := link.recv(_PIECE):
            _write(piece)
    except OSError:
        return 1
    return 0


def _send(link: socket.socket) -> None:
    try:
        while piece := os.read(0, _PIECE):
            link.sendall(piece)
        link.shutdown(socket.SHUT_WR)
    except OSError:
        link.close()


def _write(piece: bytes) -> None:
    while piece:
        piece = piece[os.write(1, piece) :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))

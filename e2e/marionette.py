"""Mozilla's own remote control of its programs, as far as one window of Thunderbird needs it: scripts in the program
itself, and hands for its dialogs. Commands go as `length:json` over one connection."""

import json
import socket
import time
from typing import Any

# Dialogs are built of elements with trees of their own: what is looked for may lie in any of them.
DEEP = """
const all = (root, what) => [...root.querySelectorAll(what),
  ...[...root.querySelectorAll("*")].filter(e => e.shadowRoot).flatMap(e => all(e.shadowRoot, what))];
const shown = what => all(document, what).find(e => e.getClientRects().length && !e.hidden && !e.disabled);
"""
SECONDS = 60


class Marionette:
    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._answers = connection.makefile("rb")
        self._sent = 0
        self._read()  # it says what it is
        self.do("WebDriver:NewSession", capabilities={})
        self.do("Marionette:SetContext", value="chrome")

    def do(self, name: str, **parameters: Any) -> Any:
        self._sent += 1
        said = json.dumps([0, self._sent, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(said), said))
        _kind, _number, error, result = self._read()
        assert error is None, error
        return result

    def script(self, text: str, *arguments: object) -> Any:
        """In the program's own window, with all its rights; `return` answers."""
        return self.do("WebDriver:ExecuteScript", script=text, args=list(arguments), sandbox="system")["value"]

    def fill(self, what: str, text: str) -> None:
        """Once it is there, as somebody who waits for the page."""
        self._when_shown(
            what,
            """const typed = shown(arguments[0]);
            if (typed) {
              typed.focus(); typed.value = arguments[1];
              for (const kind of ["input", "change"]) typed.dispatchEvent(new Event(kind, {bubbles: true}));
            }
            return Boolean(typed)""",
            text,
        )

    def press(self, what: str) -> None:
        self._when_shown(what, "const pressed = shown(arguments[0]); pressed?.click(); return Boolean(pressed)")

    def wait(self, what: str) -> None:
        self._when_shown(what, "return Boolean(shown(arguments[0]))")

    def _when_shown(self, what: str, text: str, *arguments: object) -> None:
        deadline = time.monotonic() + SECONDS
        while not self.script(DEEP + text, what, *arguments):
            assert time.monotonic() < deadline, f"{what} is not there"
            time.sleep(0.2)

    def _read(self) -> Any:
        length = b""
        while (sign := self._answers.read(1)) != b":":
            assert sign, "the program is gone"
            length += sign
        return json.loads(self._answers.read(int(length)))

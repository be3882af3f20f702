"""The process that touches hostile HTML: jobs from its input until that ends, or until its keeper kills it."""

import json
import resource
import sys
from typing import Any

from vaguemestre.mailbox.mime.text_parts import html_to_text
from vaguemestre.mailbox.sandbox import confinement
from vaguemestre.mailbox.sandbox.cleaner.allow_list import OUTPUT_LIMIT, HtmlRefusedError, clean_html
from vaguemestre.mailbox.sandbox.cleaner.composed_html import clean_composed_html
from vaguemestre.mailbox.sandbox.cleaner.framing import FrameError, read_frame, write_frame
from vaguemestre.mailbox.sandbox.cleaner.plain_text import reading_text

MEMORY_LIMIT = 768 * 1024 * 1024
SECONDS_A_JOB = 4
READY = b"ready"
INPUT_LIMIT = 1024 * 1024


def main() -> None:
    _limit()
    confinement.confine()
    write_frame(sys.stdout.buffer, READY, b"")
    while True:
        try:
            head, body = read_frame(sys.stdin.buffer, INPUT_LIMIT)
        except FrameError:
            return
        _grant_time()
        answer, result = _done(json.loads(head), body.decode("utf-8", "replace"))
        write_frame(sys.stdout.buffer, json.dumps(answer).encode(), result.encode("utf-8", "replace"))


def _done(request: dict[str, Any], html: str) -> tuple[dict[str, object], str]:
    try:
        if request["act"] == "text":
            return {}, html_to_text(html)[:OUTPUT_LIMIT]
        if request["act"] == "read":
            return {}, reading_text(clean_html(html, request["mark"]).html)[:OUTPUT_LIMIT]
        if request["act"] == "write":
            return {}, "\0".join(clean_composed_html(html, request["mark"]))
        result = clean_html(
            html, request["mark"], images=request["images"], links=request["links"], reading=request["reading"]
        )
    except HtmlRefusedError as refusal:
        return {"error": str(refusal)}, ""
    except MemoryError:
        return {"error": "room"}, ""
    return {"remote": result.remote, "spies": result.spies, "look": result.look}, result.html


def _limit() -> None:
    """No file may grow, no core may be left, memory is bounded."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _grant_time() -> None:
    """The keeper watches the clock; this holds even without a keeper."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + SECONDS_A_JOB, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()

"""Becomes a program of ours, with or without Django, and configures its log: `python -P -m <this> MODULE ARGUMENT…`.

Confined programs cannot read `instance.toml`: the environment says in which format. What ends one is logged too.
"""

import logging
import logging.config
import os
import runpy
import sys
import threading
from types import TracebackType
from typing import Any

from vaguemestre.web.monitoring import log_format

MODULE = "vaguemestre.web.monitoring.logged_program"


def command(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", MODULE, module, *arguments)


def configuration() -> dict[str, Any]:
    return log_format.logging_configuration(os.environ.get(log_format.VARIABLE, "plain"))


def configure_logging() -> None:
    logging.config.dictConfig(configuration())


def run(module: str) -> None:
    def log_end(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        logging.getLogger(module).critical("ended by an error", exc_info=(kind, error, trace) if error else None)

    configure_logging()
    sys.excepthook = log_end
    threading.excepthook = lambda ended: log_end(ended.exc_type, ended.exc_value, ended.exc_traceback)
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, str):
            raise
        logging.getLogger(module).critical("%s", end.code)
        raise SystemExit(1) from None


if __name__ == "__main__":
    del sys.argv[0]
    run(sys.argv[0])

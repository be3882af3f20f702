"""How our programs write their logs: in UTC, as nginx and the mail servers do, with the id of the request."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from vaguemestre.web.monitoring import request_trace

VARIABLE = "LOG_FORMAT"  # of the environment, for programs that do not read `instance.toml`


def logging_configuration(formatter: str) -> dict[str, Any]:
    """Of every program of ours. `formatter`: "plain" or "json"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": LineFormatter}, "json": {"()": JsonFormatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": formatter}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "filters": {"refusals": {"()": lambda: drop_traceback_of_refusal}},
        "loggers": {"django.server": {"level": "WARNING"}, "django.request": {"filters": ["refusals"]}},
    }


def drop_traceback_of_refusal(record: logging.LogRecord) -> bool:
    """Django logs where `PermissionDenied` was raised, as it does for a fault of ours. A refusal is none: a line."""
    if record.levelno < logging.ERROR:
        record.exc_info = None
    return True


class LineFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {request}{message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        known = request_trace.current_id()
        record.request = f"[{known}] " if known else ""
        return super().format(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002 - of the library
        return _moment(record)


class JsonFormatter(logging.Formatter):
    """An object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"time": _moment(record), "level": record.levelname, "logger": record.name,
                "request": request_trace.current_id(), "message": record.getMessage()}  # fmt: skip
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False)


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

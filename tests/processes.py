"""A data folder of its own, and the product's commands run on it as processes: for tests about processes."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from vaguemestre.launcher.data_folder.secrets import MAKERS


class OwnData:
    """Secrets and tables on SQLite, whatever database the run itself has. No daemon."""

    def __init__(self, folder: Path, *, like: "OwnData | None" = None) -> None:
        """`like`: a copy of another one, which is faster than making the tables again."""
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("VAGUEMESTRE_", "COVERAGE"))}
        self.environment |= {
            "VAGUEMESTRE_DATA": str(folder),
            "VAGUEMESTRE_MODE": "test",
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        if like is not None:
            shutil.copytree(like.folder, folder, dirs_exist_ok=True)
            return
        for name in ("db", "imports", "run", "secrets", "tmp"):
            (folder / name).mkdir()
        for name, maker in MAKERS.items():
            (folder / "secrets" / name).write_bytes(maker())
        self.run("migrate", "--skip-checks", "-v0")

    def start(self, *arguments: str, file_limit: int | None = None) -> "subprocess.Popen[str]":
        """Output and errors go to one file, `log`. `file_limit`: no file may grow above it, as on a full disk."""
        command = _command(*arguments)
        if file_limit is not None:
            command = ["prlimit", f"--fsize={file_limit}", *command]
        with (self.folder / "log").open("a") as log:
            return subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, text=True)

    def run(self, *arguments: str) -> None:
        subprocess.run(_command(*arguments), env=self.environment, check=True)

    def shell(self, code: str) -> None:
        self.run("shell", "--no-imports", "-v0", "-c", code)

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def value(self, query: str) -> object:
        """The first column of the first row."""
        with sqlite3.connect(f"file:{self.folder}/db/vaguemestre.sqlite3?mode=ro", uri=True) as database:
            return (database.execute(query).fetchone() or [None])[0]


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "vaguemestre", *arguments]

"""`bin/vaguemestre`: the operator's command, in the right data folder and as the product's own user."""

import os
import pwd
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from vaguemestre.launcher.data_folder.folder import WEB_USER, data_folder, named_folder
from vaguemestre.launcher.errors import UnreadableFileError
from vaguemestre.launcher.processes.supervision import clean_environment
from vaguemestre.launcher.texts import _

# They write root's own files and speak to the daemons' masters.
ACTS_OF_ROOT = {
    ("engine", "render"), ("engine", "check"), ("engine", "reload"),
    ("backup", "run"), ("backup", "check"), ("backup", "list"), ("backup", "rehearse"), ("backup", "follow"),
}  # fmt: skip


def run(arguments: Sequence[str]) -> int:
    """Returns from acts of the launcher's own; a command of the product takes this process over."""
    match arguments:
        case [] | ["help" | "--help" | "-h"]:
            from vaguemestre.launcher import command_list

            return command_list.run()
        case ["init", *rest]:
            from vaguemestre.launcher.installation import init

            return init.run(rest, named_folder())
        case ["back", *rest]:
            from vaguemestre.launcher.restoration import back

            return back.run(rest, named_folder())
        case ["certificate", *rest]:
            from vaguemestre.launcher.certificates import command

            return command.run(rest)
        case ["backup", "restore", *rest] if "--mailbox" not in rest:
            from vaguemestre.launcher.restoration import restore_command

            return restore_command.run(rest, named_folder())
        case _:
            return _become(arguments)


def _become(arguments: Sequence[str]) -> NoReturn:
    nothing_yet = "--help" in arguments and not (named_folder() / "instance.toml").exists()
    data = named_folder() if nothing_yet else data_folder()
    if tuple(arguments[:2]) not in ACTS_OF_ROOT:
        files = [argument for argument in arguments if Path(argument).is_file()]
        drop_rights()
        require_readable(files)
    environment = {**clean_environment(data), "LANG": os.environ.get("LANG", "C.UTF-8")}
    if nothing_yet:
        del environment["VAGUEMESTRE_DATA"]  # settings without one need no secrets
    if terminal := os.environ.get("TERM"):
        environment["TERM"] = terminal
    # The journal says which person acted: the name that `getpass.getuser` finds first.
    environment["LOGNAME"] = os.environ.get("SUDO_USER") or pwd.getpwuid(_REAL_USER).pw_name
    command = [sys.executable, "-P", "-m", "vaguemestre", *arguments]
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell is what is wanted


_REAL_USER = os.getuid()


def drop_rights() -> None:
    account = pwd.getpwnam(WEB_USER)
    if os.getuid() == account.pw_uid:
        return
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.umask(0o027)


def require_readable(files: Sequence[str]) -> None:
    for file in files:
        if not os.access(file, os.R_OK):
            raise UnreadableFileError(
                _(
                    "{file}: the user {user} cannot read it. Copy it to a place open to that user, or: "
                    "chmod o+r {file} (and o+x on the folders above).",
                    file=file,
                    user=WEB_USER,
                )
            )

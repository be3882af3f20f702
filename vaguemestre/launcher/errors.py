"""The launcher's one exception: what an operator reads, in one or two lines, when something must be put right first."""


class LauncherError(Exception):
    status = 1  # that the command ends with


class UnreadyError(LauncherError):
    """A program does not answer yet; what has started may continue."""


class UnreadableFileError(LauncherError):
    status = 6  # as `people import` itself ends for a file that it cannot have

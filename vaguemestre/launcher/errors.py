"""The launcher's one exception: what an operator reads, in one or two lines, when something must be put right first."""


class Problem(Exception):
    status = 1  # that the command ends with


class UnreadableFile(Problem):
    status = 6  # as `people import` itself ends for a file that it cannot have

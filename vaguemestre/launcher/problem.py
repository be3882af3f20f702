"""The launcher's one exception: what an operator reads, in one or two lines, when something must be put right first."""


class Problem(Exception):
    pass

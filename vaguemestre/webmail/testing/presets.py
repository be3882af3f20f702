"""Shared by tests: presets."""

from collections.abc import Callable

type Saying = Callable[..., None]

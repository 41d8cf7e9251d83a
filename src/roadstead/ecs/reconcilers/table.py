"""The reconcilers of ECS, each driven by a loop of its own."""

from typing import Any

RECONCILERS: tuple[Any, ...] = ()

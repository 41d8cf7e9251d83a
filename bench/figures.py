"""Figure: one number of ours, the peer's, and what was aimed at; how it is printed and judged."""

import statistics
from collections.abc import Sequence
from typing import Literal

import msgspec


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A bound of the ratio ours/peer, or, for `of="ours"`, of our own number."""

    at_most: float | None = None
    at_least: float | None = None
    aim: float | None = None
    of: Literal["ratio", "ours"] = "ratio"

    def is_met(self, value: float) -> bool:
        """Whether a ratio, or a number of ours, is within the bound."""
        return (self.at_most is None or value <= self.at_most) and (
            self.at_least is None or value >= self.at_least
        )

    def text(self, unit: str) -> str:
        """As printed, with the unit where it bounds our own number."""
        suffix = unit if self.of == "ours" else ""
        bounds = [
            f"{sign}{value:g}{suffix}"
            for sign, value in (("≤", self.at_most), ("≥", self.at_least))
            if value is not None
        ]
        aim = "" if self.aim is None else f"(aim {self.aim:g}{suffix})"
        return "".join(bounds) + aim


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the result."""

    name: str
    unit: str
    ours: float
    peer: float | None = None
    peer_name: str = ""
    """Who the peer is; where `peer` is None, why there is none."""
    target: Target | None = None
    """None: printed to be known, not judged."""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's."""
        return self.ours / self.peer if self.peer else None

    @property
    def is_missed(self) -> bool:
        """Whether it falls short of its target; what could not be compared does not."""
        if self.target is None:
            return False
        value = self.ours if self.target.of == "ours" else self.ratio
        return value is not None and not self.target.is_met(value)

    def line(self) -> str:
        """`name  ours=…  peer=…  ratio=…  target=…`, and MISSED where it falls short."""
        if self.peer is not None:
            peer = f"{amount(self.peer, self.unit)} ({self.peer_name})"
        else:
            peer = f"none ({self.peer_name})" if self.peer_name else "none"
        parts = [
            f"{self.name:<42}",
            f"ours={amount(self.ours, self.unit)}",
            f"peer={peer}",
            f"ratio={'none' if self.ratio is None else format(self.ratio, '.2f')}",
            f"target={'none' if self.target is None else self.target.text(self.unit)}",
        ]
        return "  ".join(parts) + ("  MISSED" if self.is_missed else "")


def amount(value: float, unit: str) -> str:
    """Three digits and a unit, thousands separated."""
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits}{unit}"


def median(values: Sequence[float]) -> float:
    """Raises: statistics.StatisticsError when there is none."""
    return float(statistics.median(values))

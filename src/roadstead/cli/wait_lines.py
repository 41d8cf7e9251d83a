"""How far it is to what one waits for, as lines for people."""

from collections.abc import Iterator
from typing import Any

BAR_CHARACTERS = 20
TARGETS_SHOWN = 10

Progress = dict[str, Any]


class Seen:
    """The last answer, and the most that was ever left of each target: what a bar is full of."""

    def __init__(self) -> None:
        self.last: Progress = {}
        self.trouble = ""
        """Why there is no newer answer."""
        self._most: dict[str, int] = {}

    def take(self, answer: Progress) -> None:
        self.last = answer
        self.trouble = ""
        for each in answer["targets"]:
            target = each["target"]
            self._most[target] = max(self._most.get(target, 1), each["left"])

    def share_done(self, target: Progress) -> float:
        """From 0 to 1."""
        if target["isDone"]:
            return 1.0
        left: int = target["left"]
        return 1.0 - left / self._most[target["target"]]


def picture(seen: Seen, seconds_left: float) -> str:
    """All targets with bars, and what holds up those that are not there: for a terminal."""
    targets = seen.last["targets"]
    waiting = [each for each in targets if not each["isDone"]]
    lines = [
        f"{len(targets) - len(waiting)} of {len(targets)}; {max(0, round(seconds_left))} s left"
    ]
    for each in waiting[:TARGETS_SHOWN]:
        lines.append(f"{_bar(seen.share_done(each))} {each['name']}: {each['state']}")
        lines += (f"    {reason}" for reason in each["reasons"])
    if waiting[TARGETS_SHOWN:]:
        lines.append(f"… and {len(waiting) - TARGETS_SHOWN} more")
    if seen.trouble:
        lines.append(f"(asking again: {seen.trouble})")
    return "\n".join(lines)


def plain_lines(seen: Seen) -> Iterator[tuple[str, Any, str]]:
    """(target, what is new if it differs, line) of each: seconds that pass are no news."""
    for each in seen.last["targets"]:
        news = (each["state"], each["left"], each["isDone"], seen.trouble)
        line = f"{each['name']}: {each['state']}"
        if each["isDone"]:
            line += ": done"
        elif each["reasons"]:
            line += f" ({each['reasons'][0]})"
        yield each["target"], news, line if not seen.trouble else f"{line} [{seen.trouble}]"


def done_line(answer: Progress, waited: str) -> str:
    """The last word when it is so."""
    names = ", ".join(each["name"] for each in answer["targets"][:TARGETS_SHOWN])
    more = len(answer["targets"]) - TARGETS_SHOWN
    if more > 0:
        names += f" and {more} more"
    return f"{names}: {answer['condition']} after {waited}."


def still_missing(answer: Progress) -> list[str]:
    """What is not there yet, and why."""
    lines = []
    for each in answer.get("targets", ()):
        if not each["isDone"]:
            lines.append(f"  {each['name']}: {each['state']}")
            lines += (f"    - {reason}" for reason in each["reasons"])
    return lines


def _bar(share: float) -> str:
    full = round(share * BAR_CHARACTERS)
    return "█" * full + "░" * (BAR_CHARACTERS - full)

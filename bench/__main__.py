"""`python -m bench [ONLY…]`: measure the themes named, else all; one line a figure.

Ends with 1 when a theme could not be measured. A figure that misses its target says so.
"""

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Callable

from bench import (
    api_calls,
    console,
    flatness,
    interfaces,
    launches,
    placement,
    proxy,
    rollouts,
    scale,
    services,
    state_size,
    traffic,
)
from bench.sitting import Sitting, sitting, wait_for_calm

THEMES: dict[str, Callable[[Sitting], None]] = {
    "run_task": launches.measure,
    "service": services.measure,
    "rollout": rollouts.measure,
    "calls": api_calls.measure,
    "flat": flatness.measure,
    "placement": placement.measure,
    "scale": scale.measure,
    "state": state_size.measure,
    "interfaces": interfaces.measure,
    "proxy": proxy.measure,
    "traffic": traffic.measure,
    "console": console.measure,
}
ROUNDS = 5


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="ONLY", help=f"any of {', '.join(THEMES)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.only if name not in THEMES]
    if unknown:
        parser.error(f"there is no theme {unknown[0]}; there are {', '.join(THEMES)}")
    logging.basicConfig(level=logging.ERROR)
    failed = False
    with sitting(chosen.rounds) as run:
        for name in chosen.only or THEMES:
            load = wait_for_calm()
            run.tell(f"{name}: load {load:.1f} on {os.cpu_count()} processors")
            try:
                THEMES[name](run)
            except Exception:  # noqa: BLE001  # one theme that fails must not hide the others
                failed = True
                traceback.print_exc()
                sys.stdout.write(f"{name:<42}  ours=failed, see above  MISSED\n")
        missed = [each.name for each in run.figures if each.is_missed]
        run.tell(
            f"{len(run.figures)} figures, {len(missed)} missed"
            + "".join(f"\n    {name}" for name in missed)
        )
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

"""Random lives by seed.

ROADSTEAD_SIM_SEEDS: how many seeds (50). ROADSTEAD_SIM_SEED: this one only, its trace on stderr.
A seed that fails goes stale with the code: what it found becomes a scenario.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.life import lived

SEEDS = int(os.environ.get("ROADSTEAD_SIM_SEEDS") or 50)
SEED = os.environ.get("ROADSTEAD_SIM_SEED") or ""
TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("seed", [int(SEED)] if SEED else range(1, SEEDS + 1))
def test_nothing_that_must_never_happen_happens_and_all_comes_to_rest(
    seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    if SEED:
        with capfd.disabled():
            lived(seed, verbose=True)
    else:
        lived(seed)


def test_a_seed_has_one_trace_under_every_hash_seed() -> None:
    traces = [_trace_under(hash_seed) for hash_seed in ("0", "1", "4711")]
    assert len(set(traces)) == 1, traces


def _trace_under(hash_seed: str) -> str:
    seed = SEED or "3"
    program = f"from sim.life import lived; w = lived({seed}); print(w.fingerprint, w.lines)"
    finished = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return finished.stdout

"""What the API lets through, Envoy takes."""

import asyncio
from pathlib import Path

from hypothesis import HealthCheck as Health
from hypothesis import given as drawn
from hypothesis import settings
from tests.given import given
from tests.unit.dataplane.balanced import FILES, everything, states, whole

from roadstead.dataplane.book import Changes
from roadstead.dataplane.program import envoy
from roadstead.dataplane.snapshot.piece import Piece
from roadstead.dataplane.validation import Validator
from roadstead.state.records import Record


def refused(piece: Piece) -> dict[str, str]:
    changes = Changes(piece.listeners, piece.routes, piece.clusters)
    return asyncio.run(Validator(envoy(), FILES).refused(changes, piece.routes))


def test_envoy_takes_everything_at_once() -> None:
    assert refused(whole(everything())) == {}


@settings(max_examples=60, deadline=None, suppress_health_check=list(Health))
@drawn(states())
def test_envoy_takes_what_the_api_lets_through(records: list[Record]) -> None:
    assert refused(whole(given(*records))) == {}


def test_what_is_asked_about_lies_in_the_data_directory(tmp_path: Path) -> None:
    """Where a killed server leaves it, the next one finds it."""
    program = tmp_path / "envoy"
    program.write_text(f"#!/bin/sh\nls {tmp_path} > {tmp_path}/seen\n")
    program.chmod(0o700)
    changes = Changes(listeners=whole(everything()).listeners)
    asyncio.run(Validator(program, FILES, tmp_path).refused(changes, {}))
    assert "roadstead-trial-" in (tmp_path / "seen").read_text()
    assert not list(tmp_path.glob("roadstead-trial-*"))

"""The diagrams of docs/design/agent.md are those of the tables."""

from pathlib import Path

from roadstead.agent.engine.life_cycle import CONTAINER_MOVES, NETWORK_MOVES, TASK_MOVES
from roadstead.agent_protocol.session_states import AGENT_MOVES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "design" / "agent.md"


def test_the_page_draws_every_move_and_no_other() -> None:
    drawn = [line.strip() for line in PAGE.read_text().splitlines() if " --> " in line]
    moves = [f"{one} --> {other}" for one, other in (*CONTAINER_MOVES, *NETWORK_MOVES, *TASK_MOVES)]
    moves += [f"{one} --> {other}: {event}" for (one, event), other in AGENT_MOVES.items()]
    assert sorted(drawn) == sorted(moves)

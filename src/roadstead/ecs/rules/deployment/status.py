"""The life of a service deployment's record: which status may follow which, as a table.

The only place that knows the moves; `docs/design/deployments.md` draws them.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

MOVES: dict[str, frozenset[str]] = {
    "PENDING": frozenset({"IN_PROGRESS", "ROLLBACK_REQUESTED", "STOP_REQUESTED", "STOPPED"}),
    "IN_PROGRESS": frozenset(
        {"SUCCESSFUL", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "STOPPED"}
    ),
    "STOP_REQUESTED": frozenset({"STOPPED"}),
    "ROLLBACK_REQUESTED": frozenset({"SUCCESSFUL", "ROLLBACK_IN_PROGRESS", "STOPPED"}),
    "ROLLBACK_IN_PROGRESS": frozenset({"ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}),
    "SUCCESSFUL": frozenset(),
    "STOPPED": frozenset(),
    "ROLLBACK_SUCCESSFUL": frozenset(),
    "ROLLBACK_FAILED": frozenset(),
}
"""Those that nothing follows are final."""

STOPPABLE = frozenset(status for status, after in MOVES.items() if after)
"""In these StopServiceDeployment is accepted."""

SUPERSEDED = {
    "PENDING": "STOP_REQUESTED",
    "IN_PROGRESS": "STOP_REQUESTED",
    "ROLLBACK_REQUESTED": "STOPPED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
}
"""What becomes of a deployment under way when a newer one takes its place."""


def may_follow(status: str, after: str) -> bool:
    """Whether a record may go from one status to the other."""
    return after in MOVES[status]


def is_final(status: str) -> bool:
    """Whether the deployment has ended."""
    return not MOVES[status]


def mermaid() -> str:
    """The moves as a mermaid diagram."""
    arrows = [
        f"    {status} --> {after}"
        for status, follows in MOVES.items()
        for after in sorted(follows)
    ]
    ends = [f"    {status} --> [*]" for status in MOVES if is_final(status)]
    return "\n".join(("stateDiagram-v2", "    [*] --> PENDING", *arrows, *ends))

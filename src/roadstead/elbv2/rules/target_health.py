"""The life of a target: its states, their reasons, and which may follow which.

Statuses move here only: transitions ask `next_status`, and the diagram in
`docs/design/target-health.md` is drawn from `MOVES`.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from typing import Literal

import msgspec

Event = Literal[
    "REGISTERED", "REACHABLE", "UNREACHABLE", "PASSED", "FAILED", "DEREGISTERED", "DRAINED"
]
"""REGISTERED again while it drains. REACHABLE, UNREACHABLE: its instance runs, or does not.
PASSED, FAILED: enough health checks did. DRAINED: the delay is over, or nothing is to drain."""

MOVES: dict[str, dict[Event, str]] = {
    "initial": {
        "PASSED": "healthy",
        "FAILED": "unhealthy",
        "UNREACHABLE": "unused",
        "DEREGISTERED": "draining",
    },
    "healthy": {
        "FAILED": "unhealthy",
        "UNREACHABLE": "unused",
        "DEREGISTERED": "draining",
    },
    "unhealthy": {
        "PASSED": "healthy",
        "UNREACHABLE": "unused",
        "DEREGISTERED": "draining",
    },
    "unused": {
        "REACHABLE": "initial",
        "DEREGISTERED": "gone",
    },
    "draining": {
        "REGISTERED": "initial",
        "UNREACHABLE": "gone",
        "DRAINED": "gone",
    },
    "gone": {
        "REGISTERED": "initial",
    },
}
"""What a status has no arrow for leaves a target as it is. `gone`: there is no record."""

REGISTRATION_IN_PROGRESS = "Elb.RegistrationInProgress"
INITIAL_HEALTH_CHECKING = "Elb.InitialHealthChecking"
RESPONSE_CODE_MISMATCH = "Target.ResponseCodeMismatch"
TIMEOUT = "Target.Timeout"
FAILED_HEALTH_CHECKS = "Target.FailedHealthChecks"
INTERNAL_ERROR = "Elb.InternalError"
NOT_REGISTERED = "Target.NotRegistered"
NOT_IN_USE = "Target.NotInUse"
INVALID_STATE = "Target.InvalidState"
IP_UNUSABLE = "Target.IpUnusable"
DEREGISTRATION_IN_PROGRESS = "Target.DeregistrationInProgress"
HEALTH_CHECK_DISABLED = "Target.HealthCheckDisabled"

DESCRIPTIONS = {
    REGISTRATION_IN_PROGRESS: "Target registration is in progress",
    INITIAL_HEALTH_CHECKING: "Initial health checks in progress",
    RESPONSE_CODE_MISMATCH: "Health checks failed with unexpected codes",
    TIMEOUT: "Request timed out",
    FAILED_HEALTH_CHECKS: "Health checks failed",
    INTERNAL_ERROR: "Health checks failed due to an internal error",
    NOT_REGISTERED: "Target is not registered to the target group",
    NOT_IN_USE: "Target group is not configured to receive traffic from the load balancer",
    INVALID_STATE: "Target is in the stopped or terminated state",
    IP_UNUSABLE: "Target IP address is reserved for use by a load balancer",
    DEREGISTRATION_IN_PROGRESS: "Target deregistration is in progress",
    HEALTH_CHECK_DISABLED: "Health checks are disabled for this target group",
}
"""What DescribeTargetHealth says of a reason, where whoever found it said nothing more exact.

Source: the texts of DescribeTargetHealth's answers as its users quote them.
"""

ZONE_NOT_ENABLED = "Target is in an Availability Zone that is not enabled for the load balancer"
"""The other description of NOT_IN_USE."""

DESCRIBED_FAILURES = (RESPONSE_CODE_MISMATCH, TIMEOUT, FAILED_HEALTH_CHECKS, INTERNAL_ERROR)
"""Why a target may be unhealthy."""


class Health(msgspec.Struct, frozen=True):
    """A target's health as DescribeTargetHealth shows it. A healthy target has no reason."""

    state: str
    reason: str = ""
    description: str = ""


def next_status(status: str, event: Event) -> str:
    """The status after the event; the same one if the event means nothing to it."""
    return MOVES[status].get(event, status)


def because(state: str, reason: str, description: str = "") -> Health:
    """A state with its reason, described as ELB does unless told otherwise."""
    return Health(state, reason, description or DESCRIPTIONS[reason])


def mermaid() -> str:
    """The diagram of `MOVES`, for the page on target health."""
    lines = ["stateDiagram-v2"]
    for status, moves in MOVES.items():
        for event, after in moves.items():
            ends = ["[*]" if each == "gone" else each for each in (status, after)]
            lines.append(f"    {ends[0]} --> {ends[1]}: {event}")
    return "\n".join(lines)

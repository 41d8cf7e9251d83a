"""What follows an agent's end, and how long to wait before trying something again."""

import signal

import msgspec

EXIT_SUCCESS = 0
EXIT_TERMINAL = 5
"""The agent says that starting it again will not help.

Source: agent:agent/sighandlers/exitcodes/exitcodes.go (ExitTerminal)
"""

RESTART_SECONDS_FIRST = 1.0
RESTART_SECONDS_MAX = 30.0
STEADY_SECONDS = 60.0
"""An agent that ran this long has not failed at its start: the count begins anew."""

REPORT_SECONDS_FIRST = 0.2
REPORT_SECONDS_MAX = 10.0


class Restart(msgspec.Struct, frozen=True):
    """Start the agent again, after waiting."""

    after_seconds: float
    failures: int
    why: str


class Ended(msgspec.Struct, frozen=True):
    """Leave the agent ended."""

    why: str


def after_exit(status: int | None, ran_seconds: float, failures: int) -> Restart | Ended:
    """What to do when an agent ended that nobody asked to end.

    `status` is None for an agent that an earlier host process started. The first restart is at
    once, the next after 1, 2, 4 … 30 seconds, as long as none of them ran for a minute.

    Source: amazon-ecs-init/packaging/amazon-linux-ami-integrated/ecs.service (Restart=on-failure,
        RestartPreventExitStatus=5)
    """
    if status == EXIT_TERMINAL:
        return Ended("exit status 5: it will not be started again (agent.log says why)")
    if status == EXIT_SUCCESS:
        return Ended("exit status 0: it was asked to stop")
    return _restart(words(status), 0 if ran_seconds >= STEADY_SECONDS else failures)


def after_failed_start(why: str, failures: int) -> Restart | Ended:
    """What to do when an agent could not even be started: the same, it may be a passing lack."""
    return _restart(f"cannot be started: {why}", failures)


def doubled(times: int, first_seconds: float, most_seconds: float) -> float:
    """`first_seconds` doubled so many times, and not more than `most_seconds`."""
    return min(most_seconds, first_seconds * 2.0 ** min(times, 30))


def _restart(why: str, failures_before: int) -> Restart:
    if failures_before == 0:
        return Restart(0.0, 1, why)
    return Restart(
        doubled(failures_before - 1, RESTART_SECONDS_FIRST, RESTART_SECONDS_MAX),
        failures_before + 1,
        why,
    )


def words(status: int | None) -> str:
    """How a process ended, for people. `status` is as in `after_exit`."""
    if status is None:
        return "ended"
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"

"""How long a service waits before it tries again to start tasks that keep failing to start.

Only tasks that ended before they were RUNNING count; one that gets there ends the wait. Failures
are counted in rounds, a round being as many failures as the service wants tasks: ten tasks that
fail together are one failed try.
"""

WAIT_SECONDS_MIN = 1.0
WAIT_SECONDS_MAX = 900.0
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html"""
ROUNDS_UNTIL_ANNOUNCED = 3
"""AWS says "repeatedly" and no number: this one, and the first wait, are ours."""


def failed_rounds(failed_tasks: int, desired_count: int) -> int:
    """How often all tasks have failed to start, begun rounds included."""
    return -(-failed_tasks // max(1, desired_count))


def wait_seconds(failed_tasks: int, desired_count: int) -> float:
    """The wait after so many consecutive failures; twice as long each round.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
    """
    rounds = failed_rounds(failed_tasks, desired_count)
    if rounds == 0:
        return 0.0
    return min(WAIT_SECONDS_MAX, WAIT_SECONDS_MIN * 2.0 ** min(rounds - 1, 16))


def is_announced(failed_tasks: int, desired_count: int) -> bool:
    """Whether it failed often enough to say that tasks cannot be started consistently."""
    return failed_rounds(failed_tasks, desired_count) >= ROUNDS_UNTIL_ANNOUNCED

"""New places that fail rest for a moment, so that each of their checks is a first one."""

from datetime import UTC, datetime

from roadstead.dataplane.first_checks import (
    REST_SECONDS_MAX,
    REST_SECONDS_MIN,
    FirstChecks,
    Place,
)
from roadstead.dataplane.snapshot.endpoints import assignment, endpoint, without

PLACE = Place("web-1", "10.0.0.17", 80)
HERE: frozenset[tuple[str, int]] = frozenset()
AWAY = frozenset({("10.0.0.17", 80)})


class Watch:
    """A clock that is set by hand."""

    seconds = 100.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class Group:
    """One group's first checks; interval 30 seconds, threshold 2."""

    def __init__(self) -> None:
        self.clock = Watch()
        self.written: list[str] = []
        self.first = FirstChecks(self.clock, self.written.append)

    def fails(self, place: Place = PLACE, threshold: int = 2) -> bool:
        return self.first.failed(place, "targets|web", threshold, 30)

    def later(self, seconds: float) -> frozenset[tuple[str, int]]:
        self.clock.seconds += seconds
        self.first.wake()
        return self.first.resting("web-1")


def test_who_fails_is_taken_out_and_put_back_a_moment_later() -> None:
    group = Group()
    assert not group.fails()
    assert group.first.resting("web-1") == AWAY
    assert group.first.resting("other") == HERE
    assert group.later(REST_SECONDS_MIN * 0.9) == AWAY
    assert group.later(REST_SECONDS_MIN * 0.2) == HERE
    assert group.written == ["targets|web"] * 2


def test_it_is_unhealthy_only_after_as_long_as_the_threshold_takes() -> None:
    group = Group()
    failures = 0
    while not group.fails(threshold=3):
        failures += 1
        group.later(REST_SECONDS_MAX)
    assert group.clock.seconds - 100 == 60
    assert failures == 60
    assert group.first.resting("web-1") == HERE, "it stays where it is checked"


def test_what_was_heard_of_one_that_is_away_is_old() -> None:
    group = Group()
    group.fails()
    group.clock.seconds += 60
    assert not group.fails()
    assert group.written == ["targets|web"]


def test_who_is_forgotten_is_put_back_and_begins_anew() -> None:
    group = Group()
    group.fails()
    group.first.forget(PLACE)
    assert group.first.resting("web-1") == HERE
    assert group.written == ["targets|web"] * 2
    group.clock.seconds += 30
    assert not group.fails()


def test_many_at_once_rest_longer() -> None:
    group = Group()
    for number in range(1000):
        group.fails(Place("web-1", "10.0.0.17", number))
    assert len(group.later(REST_SECONDS_MAX)) > 400
    assert not group.later(REST_SECONDS_MAX)


def test_who_rests_is_not_in_the_file() -> None:
    both = [
        endpoint(host, 80, check_port="traffic-port", is_draining=False)
        for host in ("10.0.0.17", "10.0.0.18")
    ]
    resource = assignment("web-1", both)
    assert without(resource, HERE) == resource
    assert without(resource, AWAY) == assignment("web-1", both[1:])

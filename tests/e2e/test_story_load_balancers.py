"""What the documentation says of orphans behind load balancers, and that nothing that stops a task
costs a request: seen on real containers, from the outside."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asking import Answer, Clients, SlowRequests
from balancers import (
    DRAIN_SECONDS,
    Balancer,
    all_healthy,
    create_service,
    make_balancer,
    make_group,
    name_of,
    names_of,
    noted,
    serving,
    states,
)
from house import CLUSTER, House, get, processes_of, until

COUNT = 4
SLOW_REQUESTS = 12
"""Enough that each of the tasks has one."""


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notes")


@pytest.fixture(scope="module")
def group(house: House) -> str:
    return make_group(house, "web")


@pytest.fixture(scope="module")
def balancer(house: House, group: str, notes: Path) -> Balancer:
    """In front of the service `web` of four tasks, all healthy."""
    made = make_balancer(house, "web", group)
    house.ecs.register_task_definition(**serving("web", notes))
    create_service(house, "web", COUNT, group)
    return made


# --- an instance is deregistered by force ---


class Orphaned(NamedTuple):
    """What was seen around one forced deregistration."""

    task: dict[str, Any]
    url: str
    name: str
    target: tuple[str, int]
    states: list[dict[tuple[str, int], str]]
    """One look after the other, until the orphan's target is gone."""
    drained_after_seconds: float
    under_way: list[Answer]
    failed: list[Answer]
    later: list[Answer]
    """Answers to what was asked after the deregistration was answered."""
    processes: list[int]


@pytest.fixture(scope="module")
def orphaned(house: House, balancer: Balancer, group: str, notes: Path) -> Orphaned:
    task = house.running_tasks_of("web", COUNT)[0]
    name = names_of(house, [task])[task["taskArn"]]
    machine = house.machine_of(task["containerInstanceArn"])
    target = (machine.id, task["containers"][0]["networkBindings"][0]["hostPort"])
    processes = processes_of(task["taskArn"])
    seen = []
    with Clients(balancer.address, balancer.port) as clients:
        slow = SlowRequests(balancer.address, balancer.port, SLOW_REQUESTS)
        until(lambda: noted(notes, name), "the container works at a slow request")
        words = ("--cluster", CLUSTER, "--container-instance", machine.arn, "--force")
        house.aws("deregister-container-instance", *words)
        moment = time.monotonic()
        while target in (found := states(house, group)):
            seen.append(found)
        drained = time.monotonic() - moment
        under_way = slow.answers()
        house.running_tasks_of("web", COUNT)
        all_healthy(house, group, COUNT)
    house.add_machine()
    return Orphaned(
        task, house.url_of(task), name, target, [*seen, states(house, group)], drained, under_way,
        clients.failed, clients.answered_since(moment), processes,
    )  # fmt: skip


def test_an_orphan_is_deregistered_from_its_target_group(orphaned: Orphaned) -> None:
    assert {found[orphaned.target] for found in orphaned.states[:-1]} == {"draining"}
    assert orphaned.target not in orphaned.states[-1]


def test_its_connections_drain_as_long_as_its_target_group_says(orphaned: Orphaned) -> None:
    assert DRAIN_SECONDS - 1 < orphaned.drained_after_seconds < DRAIN_SECONDS + 3


def test_what_an_orphan_was_asked_is_answered(orphaned: Orphaned, notes: Path) -> None:
    assert [answer.status for answer in orphaned.under_way] == [200] * SLOW_REQUESTS
    assert orphaned.name in {name_of(answer.body) for answer in orphaned.under_way}
    story = noted(notes, orphaned.name)
    assert story.count("asked") == story.count("answered")


def test_new_requests_go_elsewhere_and_none_is_lost(orphaned: Orphaned) -> None:
    assert orphaned.failed == []
    assert len(orphaned.later) > 100
    assert orphaned.name not in {name_of(answer.body) for answer in orphaned.later}


def test_the_orphan_itself_runs_on(house: House, orphaned: Orphaned, notes: Path) -> None:
    assert processes_of(orphaned.task["taskArn"])[:2] == orphaned.processes[:2]
    assert name_of(get(orphaned.url)) == orphaned.name
    assert "told to end" not in noted(notes, orphaned.name)


def test_its_copy_is_registered_elsewhere(house: House, orphaned: Orphaned, group: str) -> None:
    targets = states(house, group)
    assert list(targets.values()) == ["healthy"] * COUNT
    assert orphaned.target[0] not in {instance for instance, _ in targets}


# --- whatever stops a task ---


def scale_in(house: House) -> None:
    house.ecs.update_service(service="web", desiredCount=COUNT - 2)


def roll_out(house: House) -> None:
    house.ecs.update_service(service="web", desiredCount=COUNT, forceNewDeployment=True)


def stop_a_task(house: House) -> None:
    house.ecs.stop_task(task=house.tasks_of("web")[0]["taskArn"])


def drain_an_instance(house: House) -> None:
    arn = house.tasks_of("web")[0]["containerInstanceArn"]
    house.ecs.update_container_instances_state(containerInstances=[arn], status="DRAINING")


@pytest.mark.parametrize("stop", [scale_in, roll_out, stop_a_task, drain_an_instance])
def test_connections_drain_before_sigterm_and_nothing_is_lost(
    house: House,
    balancer: Balancer,
    group: str,
    notes: Path,
    orphaned: Orphaned,
    stop: Callable[[House], None],
) -> None:
    tasks = house.tasks_of("web")
    names = names_of(house, tasks)
    for name in names.values():
        (notes / name).unlink(missing_ok=True)
    with Clients(balancer.address, balancer.port) as clients:
        slow = SlowRequests(balancer.address, balancer.port, SLOW_REQUESTS)
        until(lambda: all(noted(notes, name) for name in names.values()), "each has a request")
        stop(house)
        answers = slow.answers()
        until(lambda: any(has_stopped(house, task) for task in tasks), "some have stopped")
        until(lambda: is_steady(house), "the service is steady")
        stopped = [task for task in tasks if has_stopped(house, task)]
        all_healthy(house, group, len(house.tasks_of("web")))
    assert clients.failed == []
    assert [answer.status for answer in answers] == [200] * SLOW_REQUESTS
    for task in stopped:
        story = noted(notes, names[task["taskArn"]])
        assert story[-1] == "told to end"
        assert story.count("told to end") == 1
        assert story.count("answered") == story.count("asked") > 0
        after = house.task(task["taskArn"])
        waited = after["stoppedAt"] - after["stoppingAt"]
        assert waited.total_seconds() >= DRAIN_SECONDS
    for instance in house.container_instances():
        house.ecs.update_container_instances_state(
            containerInstances=[instance["containerInstanceArn"]], status="ACTIVE"
        )


def has_stopped(house: House, task: dict[str, Any]) -> bool:
    return bool(house.task(task["taskArn"])["lastStatus"] == "STOPPED")


def is_steady(house: House) -> bool:
    service = house.ecs.describe_services(services=["web"])["services"][0]
    stopping = house.ecs.list_tasks(serviceName="web", desiredStatus="STOPPED")["taskArns"]
    described = house.ecs.describe_tasks(tasks=stopping)["tasks"] if stopping else []
    return (
        len(service["deployments"]) == 1
        and service["runningCount"] == service["desiredCount"]
        and all(task["lastStatus"] == "STOPPED" for task in described)
    )

"""What the documentation says of orphans behind load balancers, and that nothing that stops a task
costs a request: seen on real containers, from the outside."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asking import Answer, Clients, SlowRequests
from balancers import (
    DRAIN_SECONDS,
    Balancer,
    all_healthy,
    classic_states,
    create_service,
    make_balancer,
    make_classic,
    make_group,
    name_of,
    names_of,
    noted,
    serving,
    states,
)
from botocore.exceptions import BotoCoreError, ClientError
from house import CLUSTER, House, get, kill, processes_of, until

COUNT = 4
SLOW_REQUESTS = 12
"""Enough that each of the tasks has one."""
HOST_PORT = 8888
PROXY_AWAY_SECONDS_MAX = 5


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notes")


# --- an instance is deregistered by force ---


class Front(NamedTuple):
    """A service of two tasks behind a load balancer, of either kind."""

    service: str
    address: str
    port: int
    states: Callable[[], dict[Any, str]]
    """Of its targets; of its instances where it is a Classic load balancer."""
    place: Callable[[str, int], Any]
    """An instance and a host port, as `states` names them."""
    good: str
    """The state of one that gets requests."""


def behind_a_target_group(house: House, notes: Path) -> Front:
    group = make_group(house, "new")
    made = make_balancer(house, "new", group)
    house.ecs.register_task_definition(**serving("new", notes))
    create_service(house, "new", 2, {"targetGroupArn": group})
    return Front(
        service="new",
        address=made.address,
        port=made.port,
        states=lambda: states(house, group),
        place=lambda instance, port: (instance, port),
        good="healthy",
    )


def behind_a_classic_load_balancer(house: House, notes: Path) -> Front:
    address, port = make_classic(house, "old", HOST_PORT)
    definition = serving("old", notes)
    definition["containerDefinitions"][0]["portMappings"][0]["hostPort"] = HOST_PORT
    house.ecs.register_task_definition(**definition)
    create_service(house, "old", 2, {"loadBalancerName": "old"})
    return Front(
        service="old",
        address=address,
        port=port,
        states=lambda: classic_states(house, "old"),
        place=lambda instance, port: instance,
        good="InService",
    )


@pytest.fixture(scope="module", params=[behind_a_target_group, behind_a_classic_load_balancer])
def front(request: pytest.FixtureRequest, house: House, notes: Path) -> Iterator[Front]:
    made: Front = request.param(house, notes)
    yield made
    house.delete_service(made.service)


class Orphaned(NamedTuple):
    """What was seen around one forced deregistration."""

    task: dict[str, Any]
    url: str
    name: str
    place: Any
    states: list[dict[Any, str]]
    """One look after the other, until the orphan's place is gone."""
    drained_after_seconds: float
    under_way: list[Answer]
    failed: list[Answer]
    later: list[Answer]
    """Answers to what was asked after the deregistration was answered."""
    processes: list[int]


@pytest.fixture(scope="module")
def orphaned(house: House, front: Front, notes: Path) -> Orphaned:
    house.add_machine()
    task = house.running_tasks_of(front.service, 2)[0]
    name = names_of(house, [task])[task["taskArn"]]
    machine = house.machine_of(task["containerInstanceArn"])
    host_port = task["containers"][0]["networkBindings"][0]["hostPort"]
    place = front.place(machine.id, host_port)
    processes = processes_of(task["taskArn"])
    seen = []
    with Clients(front.address, front.port) as clients:
        slow = SlowRequests(front.address, front.port, SLOW_REQUESTS)
        until(lambda: noted(notes, name), "the container works at a slow request")
        words = ("--cluster", CLUSTER, "--container-instance", machine.arn, "--force")
        house.aws("deregister-container-instance", *words)
        moment = time.monotonic()
        while place in (found := front.states()):
            seen.append(found)
            assert time.monotonic() < moment + 60, seen
        drained_after_seconds = time.monotonic() - moment
        under_way = slow.answers()
        house.running_tasks_of(front.service, 2)
        until(lambda: list(front.states().values()) == [front.good] * 2, "two targets are good")
    return Orphaned(
        task=task,
        url=f"http://{machine.address}:{host_port}/",
        name=name,
        place=place,
        states=[*seen, front.states()],
        drained_after_seconds=drained_after_seconds,
        under_way=under_way,
        failed=clients.failed,
        later=clients.answered_since(moment),
        processes=processes,
    )


def test_an_orphan_is_deregistered_from_its_load_balancer(orphaned: Orphaned) -> None:
    assert {found[orphaned.place] for found in orphaned.states[:-1]} == {"draining"}
    assert orphaned.place not in orphaned.states[-1]


def test_its_connections_drain_as_long_as_its_load_balancer_says(orphaned: Orphaned) -> None:
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


def test_the_orphan_itself_runs_on(orphaned: Orphaned, notes: Path) -> None:
    assert orphaned.processes[0] in processes_of(orphaned.task["taskArn"])
    assert name_of(get(orphaned.url)) == orphaned.name
    assert "told to end" not in noted(notes, orphaned.name)


def test_its_copy_is_registered_elsewhere(house: House, front: Front, orphaned: Orphaned) -> None:
    tasks = house.running_tasks_of(front.service, 2)
    machines = {task["taskArn"]: house.machine_of(task["containerInstanceArn"]) for task in tasks}
    assert orphaned.task["taskArn"] not in machines
    assert set(front.states()) == {
        front.place(
            machines[task["taskArn"]].id, task["containers"][0]["networkBindings"][0]["hostPort"]
        )
        for task in tasks
    }


# --- whatever stops a task ---


@pytest.fixture(scope="module")
def group(house: House) -> str:
    return make_group(house, "web")


@pytest.fixture(scope="module")
def balancer(house: House, group: str, notes: Path) -> Balancer:
    """In front of the service `web` of four tasks, all healthy."""
    made = make_balancer(house, "web", group)
    house.ecs.register_task_definition(**serving("web", notes))
    create_service(house, "web", COUNT, {"targetGroupArn": group})
    return made


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


# --- kill -9 of programs ---


def test_no_request_fails_when_the_server_or_the_host_program_is_killed(
    house: House, balancer: Balancer, group: str
) -> None:
    count = len(house.tasks_of("web"))
    with Clients(balancer.address, balancer.port) as clients:
        proxy = house.proxy_pid()
        kill(house.program_pid("server"))
        until(partial(answers_calls, house), "the server is back")
        host = house.program_pid("host")
        kill(host)
        until(partial(house.has_host, other_than=host), "another host answers")
        assert house.proxy_pid() == proxy
        house.ecs.stop_task(task=house.tasks_of("web")[0]["taskArn"])
        until(lambda: is_steady(house), "what was asked afterwards is done")
        all_healthy(house, group, count)
    assert clients.failed == []
    assert len(clients.in_order()) > 100


def test_a_killed_proxy_is_back_with_all_it_knew(
    house: House, balancer: Balancer, group: str
) -> None:
    count = len(house.tasks_of("web"))
    with Clients(balancer.address, balancer.port) as clients:
        until(lambda: len(clients.in_order()) > 100, "requests are answered")
        proxy = house.proxy_pid()
        kill(proxy)
        killed = time.monotonic()
        until(partial(house.has_proxy, other_than=proxy), "another proxy runs")
        until(lambda: 200 in {each.status for each in clients.answered_since(killed)})
        all_healthy(house, group, count)
        moment = time.monotonic()
        until(lambda: len(clients.answered_since(moment)) > 100, "more requests are answered")
    assert {answer.status for answer in clients.failed} <= {0}, "connections broke, nothing else"
    assert {answer.status for answer in clients.answered_since(moment)} == {200}
    began = [answer.began for answer in clients.failed]
    assert began
    assert max(began) - min(began) < PROXY_AWAY_SECONDS_MAX


def answers_calls(house: House) -> bool:
    try:
        return bool(house.ecs.list_tasks())
    except (BotoCoreError, ClientError):
        return False


# --- a target that is ill ---


def test_a_task_that_fails_its_load_balancers_checks_is_replaced_and_told_why(
    house: House, notes: Path
) -> None:
    group = make_group(house, "checked", HealthCheckPath="/cgi-bin/health")
    balancer = make_balancer(house, "checked", group)
    house.ecs.register_task_definition(**serving("checked", notes))
    create_service(house, "checked", 2, {"targetGroupArn": group})
    task, other = house.tasks_of("checked")
    name = names_of(house, [task])[task["taskArn"]]

    def reason() -> str:
        found = house.client("elbv2").describe_target_health(TargetGroupArn=group)
        for each in found["TargetHealthDescriptions"]:
            if each["TargetHealth"]["State"] in ("unhealthy", "unhealthy.draining"):
                return f"{each['TargetHealth']['Reason']}: {each['TargetHealth']['Description']}"
        return ""

    with Clients(balancer.address, balancer.port) as clients:
        (notes / f"{name}-is-ill").touch()
        said = until(reason, "the target is unhealthy")
        stopped = house.until_task(task["taskArn"], "STOPPED")
        tasks = house.running_tasks_of("checked", 2)
        all_healthy(house, group, 2)
    assert said == "Target.ResponseCodeMismatch: Health checks failed with these codes: [500]"
    assert stopped["stopCode"] == "ServiceSchedulerInitiated"
    assert stopped["stoppedReason"] == f"Task failed ELB health checks in (target-group {group})"
    assert other["taskArn"] in {each["taskArn"] for each in tasks}
    assert clients.failed == []
    service = house.ecs.describe_services(services=["checked"])["services"][0]
    events = "\n".join(each["message"] for each in service["events"])
    assert "(service checked) (instance " in events
    assert f"is unhealthy in (target-group {group}) due to (reason Health checks failed" in events

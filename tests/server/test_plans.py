"""Plans, explanations and progress over HTTP, and the commands that ask for them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from api_server import REGION, ApiServer
from given import (
    TABLES,
    a_cluster,
    a_deployment,
    a_family,
    a_service,
    a_task,
    a_task_definition,
    an_instance,
    instance_arn,
    task_arn,
)
from roadstead.cli import main, questions, wait
from roadstead.cli.api import Api, ApiRefused
from roadstead.state.records import Record

MACHINES = [f"i-{number:017x}" for number in (1, 2, 3)]


@pytest.fixture
def cluster(server: ApiServer) -> ApiServer:
    """Three machines; three steady tasks of `web`, a standalone one on the first machine."""
    records: list[Record] = [
        a_cluster(),
        a_family(latest_revision=2),
        a_task_definition(),
        a_task_definition(revision=2),
        *(an_instance(number) for number in (1, 2, 3)),
        a_service(desired_count=3, is_steady=True),
        *(a_task(number, instance=number, service="web") for number in (1, 2, 3)),
        a_task(9, instance=1),
    ]
    put(server, *records)
    server.settle()
    return server


def put(server: ApiServer, *records: Record) -> None:
    server.update(lambda tx: [tx.put(TABLES[type(each)], each) for each in records])


def api(server: ApiServer, key: Any = None) -> Api:
    return Api(server.endpoint, REGION, key or server.ROOT)


def plan(server: ApiServer, operation: str, **request: Any) -> Any:
    return api(server).roadstead("PlanChange", operation=operation, request=request)


def test_a_drain_is_planned_and_nothing_is_changed(cluster: ApiServer) -> None:
    sequence = cluster.plane.store.sequence
    answer = plan(
        cluster,
        "UpdateContainerInstancesState",
        containerInstances=[MACHINES[0]],
        status="DRAINING",
    )
    assert answer["outcome"] == "SETTLED"
    (web,) = answer["services"]
    assert {row["ec2InstanceId"]: row["started"] - row["stopped"] for row in web["movements"]} == {
        MACHINES[0]: -1,
        MACHINES[1]: 1,
    }
    assert [each["code"] for each in answer["notes"]] == ["STANDALONE_TASKS"]
    assert cluster.plane.store.sequence == sequence
    described = cluster.client().describe_container_instances(containerInstances=[instance_arn()])
    assert described["containerInstances"][0]["status"] == "ACTIVE"


def test_a_refusal_is_the_plan_and_says_what_would_be_right(cluster: ApiServer) -> None:
    answer = plan(cluster, "DeregisterContainerInstance", containerInstance=MACHINES[0])
    assert answer["outcome"] == "REFUSED"
    assert answer["refusal"]["message"] == "Found running tasks on the instance."
    assert "Drain it first" in answer["refusal"]["hint"]


def test_every_operation_that_can_be_planned_answers(cluster: ApiServer) -> None:
    outcomes = {
        operation: plan(cluster, operation, **request)["outcome"]
        for operation, request in {
            "DeregisterContainerInstance": {"containerInstance": MACHINES[0], "force": True},
            "DeregisterTaskDefinition": {"taskDefinition": "web:1"},
            "UpdateService": {
                "service": "web",
                "taskDefinition": "web:2",
                "deploymentConfiguration": {"minimumHealthyPercent": 50, "maximumPercent": 100},
            },
            "DeleteService": {"service": "web", "force": True},
            "StopTask": {"task": task_arn(1)},
            "RunTask": {"taskDefinition": "web:2", "count": 2},
        }.items()
    }
    assert set(outcomes.values()) == {"SETTLED"}, outcomes


@pytest.mark.parametrize(
    ("operation", "request_", "code", "about"),
    [
        ("StopTask", {"task": "no"}, "InvalidParameterException", "ListTasks lists"),
        ("DeleteService", {"service": "no"}, "ServiceNotFoundException", "default: web"),
        (
            "DeregisterContainerInstance",
            {"containerInstance": "i-0"},
            "InvalidParameterException",
            MACHINES[1],
        ),
        (
            "DeleteService",
            {"service": "web", "cluster": "no"},
            "ClusterNotFoundException",
            "The clusters: default",
        ),
        ("DeleteService", {"service": "web", "count": 1}, "InvalidParameterException", "no count"),
        ("DeleteService", {}, "InvalidParameterException", "needs service"),
        ("CreateCluster", {}, "ValidationException", "operation"),
    ],
)
def test_what_is_not_there_is_answered_with_what_there_is(
    cluster: ApiServer, operation: str, request_: dict[str, Any], code: str, about: str
) -> None:
    with pytest.raises(ApiRefused) as refused:
        plan(cluster, operation, **request_)
    assert refused.value.code == code
    assert about in refused.value.message


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("PlanChange", {"operation": "DeleteService", "request": {"service": "web"}}),
        ("ExplainService", {"service": "web"}),
        ("ExplainTask", {"task": "no"}),
        ("ExplainPlacement", {"taskDefinition": "web"}),
        ("DescribeProgress", {"condition": "STABLE", "targets": ["web"]}),
    ],
)
def test_only_root_keys_may_ask(
    cluster: ApiServer, operation: str, request_: dict[str, Any]
) -> None:
    for key in (cluster.HOST, cluster.INSTANCE):
        with pytest.raises(ApiRefused) as refused:
            api(cluster, key).roadstead(operation, **request_)
        assert refused.value.code == "AccessDeniedException"


def test_a_service_without_room_is_explained_with_the_table_of_filters(cluster: ApiServer) -> None:
    put(
        cluster,
        a_task_definition("big", cpu_units=4096),
        a_service("big", deployments=(a_deployment(5, task_definition_arn=definition("big")),)),
    )
    cluster.settle()
    answer = api(cluster).roadstead("ExplainService", service="big")["service"]
    assert answer["outcome"] == "WAITS_FOR_ROOM"
    falls = {each["reason"]: each["fell"] for each in answer["placement"]["falls"]}
    assert falls["RESOURCE:CPU"] == 3
    assert answer["placement"]["closest"]["lacks"] == "1920 cpu units are left, 4096 are needed"
    assert "nextLookAt" in answer


def definition(family: str) -> str:
    return f"arn:aws:ecs:us-east-1:123456789012:task-definition/{family}:1"


def test_tasks_are_explained_by_the_beginning_of_their_ids(cluster: ApiServer) -> None:
    failed = a_task(
        0xABCD << 112,
        last_status="STOPPED",
        stop_code="TaskFailedToStart",
        stopped_reason="CannotPullContainerError: no such image",
        stopped_at=datetime.now(UTC),
    )
    put(cluster, failed)
    answer = api(cluster).roadstead("ExplainTask", task="abcd")["task"]
    assert answer["stopCode"] == "TaskFailedToStart"
    assert "check its name and tag" in answer["advice"][0]
    with pytest.raises(ApiRefused, match="more than one id"):
        api(cluster).roadstead("ExplainTask", task="0000")


# The commands


@pytest.fixture
def run(cluster: ApiServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(questions, "api_of", lambda _: api(cluster))
    monkeypatch.setattr(wait, "api_of", lambda _: api(cluster))

    def run(*words: str) -> tuple[int, str, str]:
        result = CliRunner().invoke(main.app, list(words))
        return result.exit_code, result.stdout, result.stderr

    return run


def test_the_plan_command_shows_from_where_to_where(run: Any) -> None:
    status, out, _ = run("plan", "drain", MACHINES[0])
    assert status == 0
    assert f"web: {MACHINES[0]} -1 → {MACHINES[1]} +1" in out
    assert "Nothing was changed." in out


def test_a_refused_plan_fails(run: Any) -> None:
    status, out, _ = run("plan", "deregister-container-instance", MACHINES[0])
    assert status == 1
    assert "Found running tasks on the instance." in out


def test_a_plan_that_does_not_come_to_rest_has_a_status_of_its_own(run: Any) -> None:
    status, out, _ = run("plan", "drain", *MACHINES)
    assert status == 5
    assert "WAITS FOR ROOM" in out
    assert "fell" in out.lower()


def test_waiting_ends_when_it_is_so(run: Any) -> None:
    status, out, _ = run("wait", "stable", "web")
    assert (status, out.splitlines()[-1]) == (0, "web: STABLE after 0 s.")


def test_waiting_gives_up_and_says_what_is_missing(run: Any) -> None:
    status, _, err = run("wait", "drained", MACHINES[0], "--timeout", "0s")
    assert status == 124
    assert "nobody drains it" in err


def test_what_can_never_be_is_not_waited_for(run: Any, cluster: ApiServer) -> None:
    now = datetime.now(UTC)
    put(cluster, a_task(77, last_status="STOPPED", stopped_reason="It is over", stopped_at=now))
    status, _, err = run("wait", "running", task_arn(77))
    assert status == 1
    assert "It is over" in err


def test_an_interrupted_wait_changes_nothing_and_says_so(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(wait, "pause", interrupt)
    status, _, err = run("wait", "stopped", task_arn(1))
    assert status == 130
    assert "Nothing was changed" in err


def test_a_wrong_name_is_told_with_the_right_ones(run: Any) -> None:
    status, _, err = run("explain", "service", "wbe")
    assert status == 1
    assert "default: web" in err


def test_explanations_are_lines_or_json(run: Any) -> None:
    status, out, _ = run("explain", "service", "web")
    assert (status, out.splitlines()[0]) == (0, "service web in default: SETTLED")
    status, out, _ = run("explain", "task", task_arn(1))
    assert status == 0
    assert "Its place was chosen" in out
    status, out, _ = run("explain", "run-task", "--task-definition", "web", "--json")
    assert status == 0
    assert '"able": 3' in out

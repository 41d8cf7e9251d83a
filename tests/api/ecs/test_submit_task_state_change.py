"""SubmitTaskStateChange: what real agents were seen to send, and what must not upset anything."""

from datetime import UTC, datetime
from typing import Any

import pytest
from registered import register
from reports import described, running, stopped

from api_server import connect
from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")


@pytest.fixture
def task(ecs: Any, register_instances: Any) -> str:
    """The ARN of a PENDING task."""
    register_instances()
    register(ecs)
    arn: str = ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    return arn


def test_a_task_that_is_pulled_runs_and_is_killed(ecs: Any, task: str) -> None:
    answer = ecs.submit_task_state_change(
        cluster="default",
        task=task,
        status="PENDING",
        reason="",
        containers=[{"containerName": "app", "status": "PENDING", "imageDigest": "sha256:a6"}],
        pullStartedAt=datetime(2026, 11, 21, 19, 0, 1, tzinfo=UTC),
        pullStoppedAt=datetime(2026, 11, 21, 19, 0, 2, tzinfo=UTC),
    )
    assert answer["acknowledgment"]
    assert described(ecs, task)["lastStatus"] == "PENDING"
    binding = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 18090, "protocol": "tcp"}
    running(ecs, task, networkBindings=[binding])
    assert described(ecs, task)["containers"][0]["networkBindings"] == [binding]
    ecs.submit_task_state_change(
        cluster="default",
        task=task,
        status="STOPPED",
        executionStoppedAt=datetime(2026, 11, 21, 19, 9, tzinfo=UTC),
        containers=[{"containerName": "app", "status": "STOPPED", "exitCode": 137}],
    )
    ended = described(ecs, task)
    assert (ended["lastStatus"], ended["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert ended["containers"][0]["exitCode"] == 137
    assert ended["executionStoppedAt"] == datetime(2026, 11, 21, 19, 9, tzinfo=UTC)
    assert ended["pullStoppedAt"] == datetime(2026, 11, 21, 19, 0, 2, tzinfo=UTC)


def test_a_payload_that_an_agent_could_not_read_ends_the_task(ecs: Any, task: str) -> None:
    reason = "UnrecogniedTaskError: Error loading task - unknown volume type"
    ecs.submit_task_state_change(task=task, status="STOPPED", reason=reason)
    ended = described(ecs, task)
    assert (ended["stopCode"], ended["stoppedReason"]) == ("TaskFailedToStart", reason)


def test_a_task_is_named_by_its_id_and_cluster_too(ecs: Any, task: str) -> None:
    running(ecs, task.rpartition("/")[2])
    assert described(ecs, task)["lastStatus"] == "RUNNING"


def test_reports_that_are_late_doubled_or_of_nothing_are_acknowledged(ecs: Any, task: str) -> None:
    for _ in range(3):
        running(ecs, task)
    for _ in range(3):
        stopped(ecs, task)
    ended = described(ecs, task)
    running(ecs, task)
    assert described(ecs, task) == ended
    for gone in (
        "0" * 32,
        f"{task[:-32]}{'0' * 32}",
        task.replace("123456789012", "999999999999"),
        "arn:aws:nonsense",
    ):
        stopped(ecs, gone)
    answer = ecs.submit_task_state_change(cluster="gone", task=task, status="STOPPED")
    assert answer["acknowledgment"]


def test_a_cluster_that_was_deleted_meanwhile_is_no_reason_to_repeat_a_report(
    ecs: Any, task: str
) -> None:
    (instance,) = ecs.list_container_instances()["containerInstanceArns"]
    ecs.deregister_container_instance(containerInstance=instance, force=True)
    ecs.delete_cluster(cluster="default")
    answer = ecs.submit_task_state_change(cluster="default", task=task, status="STOPPED")
    assert answer["acknowledgment"]


def test_a_report_of_attachments_alone_is_acknowledged(ecs: Any, task: str) -> None:
    attachment = {"attachmentArn": "arn:aws:ecs:a:b:attachment/1", "status": "ATTACHED"}
    answer = ecs.submit_task_state_change(task=task, attachments=[attachment])
    assert answer["acknowledgment"]


def test_what_makes_no_sense_at_all_is_refused(ecs: Any, task: str) -> None:
    for wrong in (
        {"status": "RUNNING"},
        {"task": task, "status": "DANCING"},
        {"task": task, "status": "RUNNING", "containers": [{"status": "DANCING"}]},
    ):
        code, _ = refused(ecs.submit_task_state_change, **wrong)
        assert code == "InvalidParameterException"
    assert described(ecs, task)["lastStatus"] == "PENDING"


def test_port_ranges_and_managed_agents_are_shown_as_they_were_reported(
    ecs: Any, task: str
) -> None:
    bindings = [
        {"bindIP": "0.0.0.0", "containerPort": 53, "hostPort": 32772, "protocol": "udp"},
        {
            "bindIP": "0.0.0.0",
            "containerPortRange": "9000-9003",
            "hostPortRange": "32768-32771",
            "protocol": "tcp",
        },
    ]
    reason = "ExecuteCommandAgent Initialization failed"
    ecs.submit_task_state_change(
        task=task,
        status="RUNNING",
        containers=[{"containerName": "app", "status": "RUNNING", "networkBindings": bindings}],
        managedAgents=[
            {
                "containerName": "app",
                "managedAgentName": "ExecuteCommandAgent",
                "status": "STOPPED",
                "reason": reason,
            }
        ],
    )
    shown = described(ecs, task)
    assert shown["lastStatus"] == "RUNNING"
    (container,) = shown["containers"]
    assert container["networkBindings"] == bindings
    assert container["managedAgents"] == [
        {"name": "ExecuteCommandAgent", "lastStatus": "STOPPED", "reason": reason}
    ]
    (instance,) = ecs.describe_container_instances(
        containerInstances=[shown["containerInstanceArn"]]
    )["containerInstances"]
    ports = {each["name"]: each.get("stringSetValue") for each in instance["remainingResources"]}
    assert ports["PORTS"] == ["22", "32768", "32769", "32770", "32771", "51678"]
    assert ports["PORTS_UDP"] == ["32772"]


def test_the_final_report_may_say_nothing_of_containers_reported_before(
    ecs: Any, task: str
) -> None:
    running(ecs, task)
    ecs.submit_task_state_change(
        task=task,
        status="RUNNING",
        containers=[{"containerName": "app", "status": "STOPPED", "exitCode": 7}],
    )
    shown = described(ecs, task)
    assert (shown["lastStatus"], shown["desiredStatus"]) == ("RUNNING", "STOPPED")
    ecs.submit_task_state_change(task=task, status="STOPPED")
    ended = described(ecs, task)
    assert (ended["lastStatus"], ended["containers"][0]["exitCode"]) == ("STOPPED", 7)


def test_an_agent_has_no_say_about_another_machines_task(
    ecs: Any, server: Any, register_instances: Any
) -> None:
    register(ecs)
    one, two = (
        ecs.register_container_instance(
            instanceIdentityDocument=f'{{"instanceId": "{ec2_id}"}}',
            totalResources=[{"name": "MEMORY", "type": "INTEGER", "integerValue": 64}],
        )["containerInstance"]["containerInstanceArn"]
        for ec2_id in ("i-0123456789abcdef0", "i-other")
    )
    server.update(lambda tx: [connect(tx, arn) for arn in (one, two)])
    tasks = {
        task["containerInstanceArn"]: task["taskArn"]
        for task in ecs.run_task(taskDefinition="web", count=2)["tasks"]
    }
    agent = server.client(key=server.INSTANCE)
    for task in tasks.values():
        running(agent, task)
    assert described(ecs, tasks[one])["lastStatus"] == "RUNNING"
    assert described(ecs, tasks[two])["lastStatus"] == "PENDING"

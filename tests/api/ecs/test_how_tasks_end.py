"""Each way in which a task ends, with the stopCode and the stoppedReason that tell it apart."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from registered import CONTAINER, register
from reports import described, running, stopped
from services import agents_work

from api_server import CAPABILITIES, connect
from given import a_call
from roadstead.ecs.transitions.container_instances import agent_disconnected, instance_state_changed
from roadstead.ecs.transitions.task_reports import report_task_health

pytestmark = pytest.mark.usefixtures("cluster")

USER = ("UserInitiated", "Task stopped by user")
EXITED = ("EssentialContainerExited", "Essential container in task exited")


def end(task: dict[str, Any]) -> tuple[str | None, str]:
    return task.get("stopCode"), task["stoppedReason"]


def register_machine(ecs: Any, server: Any, ec2_instance_id: str) -> str:
    """The ARN of a container instance that looks connected, on that EC2 instance."""
    document = {
        "instanceId": ec2_instance_id,
        "instanceType": "t3.small",
        "availabilityZone": "us-east-1a",
    }
    answer = ecs.register_container_instance(
        instanceIdentityDocument=json.dumps(document),
        totalResources=[
            {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 4096},
        ],
        attributes=[{"name": name} for name in CAPABILITIES],
    )
    arn: str = answer["containerInstance"]["containerInstanceArn"]
    server.update(lambda tx: connect(tx, arn))
    return arn


@pytest.fixture
def machine(ecs: Any, server: Any) -> str:
    return register_machine(ecs, server, "i-0123456789abcdef0")


@pytest.fixture
def task(ecs: Any, machine: str) -> str:
    """A standalone task, PENDING."""
    register(ecs)
    return str(ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"])


@pytest.fixture
def service_arn(ecs: Any, server: Any, machine: str) -> str:
    """A service `web` with two healthy tasks."""
    register(ecs)
    answer = ecs.create_service(serviceName="web", taskDefinition="web", desiredCount=2)
    server.settle()
    arn: str = answer["service"]["serviceArn"]
    agents_work(server, arn)
    server.advance(41)
    return arn


def the_stopped(ecs: Any) -> list[dict[str, Any]]:
    arns = ecs.list_tasks(serviceName="web", desiredStatus="STOPPED")["taskArns"]
    return list(ecs.describe_tasks(tasks=arns)["tasks"])


def scaling(ecs: Any) -> tuple[str, str]:
    (service,) = ecs.describe_services(services=["web"])["services"]
    deployment = service["deployments"][0]["id"]
    return (
        "ServiceSchedulerInitiated",
        f"Scaling activity initiated by (deployment {deployment})",
    )


def test_TK_46_stopped_by_a_user_for_the_reason_given(ecs: Any, task: str) -> None:
    running(ecs, task)
    ecs.stop_task(task=task, reason="because")
    stopped(ecs, task, exit_code=143)
    shown = described(ecs, task)
    assert end(shown) == ("UserInitiated", "because")
    assert shown["createdAt"] <= shown["startedAt"] <= shown["stoppingAt"] <= shown["stoppedAt"]


def test_TK_07_stopped_by_a_user_before_it_ran(ecs: Any, task: str) -> None:
    ecs.stop_task(task=task)
    ecs.submit_task_state_change(
        task=task,
        status="STOPPED",
        containers=[
            {
                "containerName": "app",
                "status": "STOPPED",
                "reason": "TaskStoppedBeforePullBeginError: Task stopped before image pull began",
            }
        ],
    )
    shown = described(ecs, task)
    assert end(shown) == USER
    assert "startedAt" not in shown
    assert "exitCode" not in shown["containers"][0]


def test_TK_03_an_essential_container_exited(ecs: Any, task: str) -> None:
    running(ecs, task)
    stopped(ecs, task, exit_code=0)
    assert end(described(ecs, task)) == EXITED


def test_TK_15_a_container_killed_for_its_memory_says_so(ecs: Any, task: str) -> None:
    running(ecs, task)
    reason = "OutOfMemoryError: Container killed due to memory usage"
    ecs.submit_task_state_change(
        task=task,
        status="STOPPED",
        containers=[
            {"containerName": "app", "status": "STOPPED", "exitCode": 137, "reason": reason}
        ],
    )
    shown = described(ecs, task)
    assert end(shown) == EXITED
    assert (shown["containers"][0]["exitCode"], shown["containers"][0]["reason"]) == (137, reason)


def test_TK_05_an_image_cannot_be_pulled(ecs: Any, task: str) -> None:
    reason = "CannotPullContainerError: pull image manifest has been retried 1 time(s)"
    ecs.submit_task_state_change(
        task=task,
        status="STOPPED",
        containers=[{"containerName": "app", "status": "STOPPED", "reason": reason}],
    )
    shown = described(ecs, task)
    assert end(shown) == ("TaskFailedToStart", reason)
    assert "startedAt" not in shown


def test_standalone_orphans_not_restarted(ecs: Any, server: Any, machine: str, task: str) -> None:
    running(ecs, task)
    other = register_machine(ecs, server, "i-0123456789abcdef1")
    ecs.deregister_container_instance(containerInstance=machine, force=True)
    server.settle()
    shown = described(ecs, task)
    assert end(shown) == (None, "Container instance deregistration forced by user")
    assert (shown["lastStatus"], shown["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert ecs.list_tasks(containerInstance=other)["taskArns"] == []


@pytest.mark.parametrize("state", ["stopped", "terminated"])
def test_its_host_was_stopped_or_terminated(
    ecs: Any, server: Any, machine: str, task: str, state: Any
) -> None:
    running(ecs, task)
    call = a_call(now=server.clock.now())
    server.update(lambda tx: instance_state_changed(tx, call, "i-0123456789abcdef0", state))
    reason = f"Host EC2 (instance i-0123456789abcdef0) {state}."
    assert end(described(ecs, task)) == ("TerminationNotice", reason)
    (instance,) = ecs.describe_container_instances(containerInstances=[machine])[
        "containerInstances"
    ]
    assert instance["status"] == ("ACTIVE" if state == "stopped" else "INACTIVE")
    assert instance["agentConnected"] is False


def scale_in(ecs: Any, server: Any) -> None:
    ecs.update_service(service="web", desiredCount=1)
    server.settle()


def roll_out(ecs: Any, server: Any) -> None:
    ecs.update_service(service="web", forceNewDeployment=True)
    server.settle()
    (service,) = ecs.describe_services(services=["web"])["services"]
    agents_work(server, service["serviceArn"])
    server.advance(41)


def drain(ecs: Any, server: Any) -> None:
    (machine,) = ecs.list_container_instances()["containerInstanceArns"]
    register_machine(ecs, server, "i-0123456789abcdef1")
    ecs.update_container_instances_state(containerInstances=[machine], status="DRAINING")
    server.settle()
    (service,) = ecs.describe_services(services=["web"])["services"]
    agents_work(server, service["serviceArn"])
    server.advance(41)


def delete(ecs: Any, server: Any) -> None:
    ecs.delete_service(service="web", force=True)
    server.settle()


@pytest.mark.parametrize(("cause", "count"), [(scale_in, 1), (roll_out, 2), (drain, 2)])
def test_stop_reason_for_drained_tasks(
    ecs: Any, server: Any, service_arn: str, cause: Callable[[Any, Any], None], count: int
) -> None:
    cause(ecs, server)
    ends = [end(each) for each in the_stopped(ecs)]
    assert ends == [scaling(ecs)] * count


def test_SV_42_a_deleted_services_tasks_are_stopped_like_others(
    ecs: Any, server: Any, service_arn: str
) -> None:
    wanted = scaling(ecs)
    delete(ecs, server)
    tasks = the_stopped(ecs)
    assert [end(each) for each in tasks] == [wanted] * 2
    assert {each["lastStatus"] for each in tasks} == {"RUNNING"}


def test_TK_73_a_standalone_task_is_not_stopped_for_being_unhealthy(
    ecs: Any, server: Any, machine: str
) -> None:
    check = {"command": ["CMD-SHELL", "false"]}
    register(ecs, containerDefinitions=[{**CONTAINER, "healthCheck": check}])
    task = ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    running(ecs, task)
    server.update(lambda tx: report_task_health(tx, a_call(), machine, task, {"app": "UNHEALTHY"}))
    server.settle()
    shown = described(ecs, task)
    assert (shown["healthStatus"], shown["desiredStatus"]) == ("UNHEALTHY", "RUNNING")


def test_pending_tasks_wait_for_disconnected_agent(
    ecs: Any, server: Any, machine: str, task: str
) -> None:
    server.update(lambda tx: agent_disconnected(tx, a_call(now=server.clock.now()), machine, 1))
    server.advance(3600)
    assert described(ecs, task)["lastStatus"] == "PENDING"
    server.update(lambda tx: connect(tx, machine))
    running(ecs, task)
    assert described(ecs, task)["lastStatus"] == "RUNNING"


def test_TK_47_and_CI_32_nothing_moves_while_the_agent_is_disconnected(
    ecs: Any, server: Any, machine: str, task: str
) -> None:
    server.update(lambda tx: agent_disconnected(tx, a_call(now=server.clock.now()), machine, 1))
    server.advance(3600)
    shown = described(ecs, task)
    assert (shown["lastStatus"], shown["desiredStatus"]) == ("PENDING", "RUNNING")
    ecs.stop_task(task=task)
    server.advance(3600)
    shown = described(ecs, task)
    assert (shown["lastStatus"], shown["desiredStatus"]) == ("PENDING", "STOPPED")
    ecs.deregister_container_instance(containerInstance=machine, force=True)
    shown = described(ecs, task)
    assert (shown["lastStatus"], *end(shown)) == ("STOPPED", *USER)

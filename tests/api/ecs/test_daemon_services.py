"""DAEMON services as boto3 sees them: instances come, drain, change and go."""

from typing import Any

import pytest
from services import agents_work, register_web, the_service

from refusals import refused

ON_SSD = [{"type": "memberOf", "expression": "attribute:disk == ssd"}]


@pytest.fixture
def instances(register_instances: Any, cluster: str) -> list[str]:
    return list(register_instances(3))


def create(ecs: Any, server: Any, **parameters: Any) -> str:
    """A DAEMON service `agent` whose tasks run; returns its ARN."""
    register_web(ecs)
    answer = ecs.create_service(
        **{
            "serviceName": "agent",
            "taskDefinition": "web",
            "schedulingStrategy": "DAEMON",
            **parameters,
        }
    )
    server.settle()
    arn: str = answer["service"]["serviceArn"]
    work(server, arn)
    return arn


def work(server: Any, arn: str) -> None:
    agents_work(server, arn)
    server.advance(41)


def places(ecs: Any) -> list[str]:
    """Where the service's tasks are that were not asked to stop."""
    arns = ecs.list_tasks(serviceName="agent")["taskArns"]
    tasks = ecs.describe_tasks(tasks=arns)["tasks"] if arns else []
    return sorted(task["containerInstanceArn"] for task in tasks)


def test_daemon_desired_count_is_computed(ecs: Any, server: Any, instances: list[str]) -> None:
    create(ecs, server)
    service = the_service(ecs, "agent")
    assert (service["desiredCount"], service["runningCount"], service["pendingCount"]) == (3, 3, 0)
    (deployment,) = service["deployments"]
    assert (deployment["desiredCount"], deployment["rolloutState"]) == (3, "COMPLETED")
    assert places(ecs) == sorted(instances)
    ecs.get_waiter("services_stable").wait(
        services=["agent"], WaiterConfig={"Delay": 1, "MaxAttempts": 1}
    )


def test_a_new_instance_gets_the_daemons_task(
    ecs: Any, server: Any, instances: list[str], register_instances: Any
) -> None:
    create(ecs, server)
    (fourth,) = register_instances()
    server.settle()
    assert places(ecs) == sorted([*instances, fourth])
    assert the_service(ecs, "agent")["desiredCount"] == 4


def test_attributes_that_change_start_and_stop_its_tasks(
    ecs: Any, server: Any, instances: list[str]
) -> None:
    def mark(instance: str) -> dict[str, str]:
        return {"name": "disk", "value": "ssd", "targetId": instance}

    create(ecs, server, placementConstraints=ON_SSD)
    assert (places(ecs), the_service(ecs, "agent")["desiredCount"]) == ([], 0)
    ecs.put_attributes(attributes=[mark(instances[1])])
    server.settle()
    assert places(ecs) == [instances[1]]
    ecs.delete_attributes(attributes=[mark(instances[1])])
    server.settle()
    assert places(ecs) == []
    assert any(
        "no longer meets the placement constraints" in event["message"]
        for event in the_service(ecs, "agent")["events"]
    )


def test_a_drained_instance_loses_its_task_and_gets_it_back_with_active(
    ecs: Any, server: Any, instances: list[str]
) -> None:
    arn = create(ecs, server)
    ecs.update_container_instances_state(containerInstances=instances[:1], status="DRAINING")
    server.settle()
    assert places(ecs) == sorted(instances[1:])
    assert the_service(ecs, "agent")["desiredCount"] == 2
    work(server, arn)
    ecs.update_container_instances_state(containerInstances=instances[:1], status="ACTIVE")
    server.settle()
    assert places(ecs) == sorted(instances)


def test_force_new_deployment_cycles_every_instance(
    ecs: Any, server: Any, instances: list[str]
) -> None:
    arn = create(ecs, server)
    before = set(ecs.list_tasks(serviceName="agent")["taskArns"])
    ecs.update_service(service="agent", forceNewDeployment=True)
    server.settle()
    for _ in range(3):
        work(server, arn)
    after = set(ecs.list_tasks(serviceName="agent")["taskArns"])
    assert (len(after), before & after) == (3, set())
    assert places(ecs) == sorted(instances)
    (deployment,) = the_service(ecs, "agent")["deployments"]
    assert deployment["rolloutState"] == "COMPLETED"


def test_by_force_an_instance_with_a_daemon_task_is_deregistered_and_nothing_replaces_it(
    ecs: Any, server: Any, instances: list[str]
) -> None:
    create(ecs, server)
    code, _ = refused(ecs.deregister_container_instance, containerInstance=instances[0])
    assert code == "InvalidParameterException"
    ecs.deregister_container_instance(containerInstance=instances[0], force=True)
    server.settle()
    assert places(ecs) == sorted(instances[1:])
    assert the_service(ecs, "agent")["desiredCount"] == 2


def test_a_daemon_service_is_deleted_without_force(
    ecs: Any, server: Any, instances: list[str]
) -> None:
    create(ecs, server)
    assert ecs.delete_service(service="agent")["service"]["status"] == "DRAINING"
    server.settle()
    assert places(ecs) == []
    assert the_service(ecs, "agent")["status"] == "INACTIVE"


@pytest.mark.parametrize("minimum", [0, 50])
def test_a_rollout_whose_tasks_cannot_start_is_given_up_by_the_circuit_breaker(
    ecs: Any, server: Any, instances: list[str], minimum: int
) -> None:
    arn = create(
        ecs,
        server,
        deploymentConfiguration={
            "minimumHealthyPercent": minimum,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        },
    )
    good = the_service(ecs, "agent")["taskDefinition"]
    ecs.update_service(service="agent", taskDefinition=register_web(ecs))
    for _ in range(40):
        agents_fail(ecs, server, arn, good)
        server.advance(60)
    service = the_service(ecs, "agent")
    assert service["taskDefinition"] == good
    assert (service["runningCount"], len(service["deployments"])) == (3, 1)
    assert any("rolling back" in event["message"] for event in service["events"])


def agents_fail(ecs: Any, server: Any, service_arn: str, good: str) -> None:
    """Tasks of any other definition end before they run."""
    arns = ecs.list_tasks(serviceName="agent")["taskArns"]
    for task in ecs.describe_tasks(tasks=arns)["tasks"] if arns else ():
        if task["taskDefinitionArn"] != good:
            ecs.submit_task_state_change(task=task["taskArn"], status="STOPPED", reason="no image")
    agents_work(server, service_arn)

"""DeregisterContainerInstance."""

from typing import Any

import pytest
from registered import register
from reports import described, running, stopped

from api_server import CAPABILITIES, connect
from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")


@pytest.fixture
def instance(ecs: Any, register_instances: Any) -> str:
    (arn,) = register_instances(1, attributes={"stack": "prod"})
    register(ecs)
    return str(arn)


def shown(ecs: Any, arn: str) -> dict[str, Any]:
    (found,) = ecs.describe_container_instances(containerInstances=[arn])["containerInstances"]
    return dict(found)


def test_response_status_inactive(ecs: Any, instance: str) -> None:
    answer = ecs.deregister_container_instance(containerInstance=instance)["containerInstance"]
    assert (answer["containerInstanceArn"], answer["status"]) == (instance, "INACTIVE")
    assert answer["registeredResources"] == answer["remainingResources"]


@pytest.mark.parametrize("last_status", ["PENDING", "RUNNING", "stopping"])
def test_nonforce_with_tasks_is_error_and_no_state_change(
    ecs: Any, instance: str, last_status: str
) -> None:
    (task,) = ecs.run_task(taskDefinition="web")["tasks"]
    if last_status != "PENDING":
        running(ecs, task["taskArn"])
    if last_status == "stopping":
        ecs.stop_task(task=task["taskArn"])
    before = shown(ecs, instance)
    assert refused(ecs.deregister_container_instance, containerInstance=instance) == (
        "InvalidParameterException",
        "Found running tasks on the instance.",
    )
    assert shown(ecs, instance) == before
    stopped(ecs, task["taskArn"])
    answer = ecs.deregister_container_instance(containerInstance=instance)
    assert answer["containerInstance"]["status"] == "INACTIVE"


def test_force_orphans_tasks(ecs: Any, instance: str) -> None:
    tasks = [task["taskArn"] for task in ecs.run_task(taskDefinition="web", count=2)["tasks"]]
    running(ecs, tasks[0])
    answer = ecs.deregister_container_instance(containerInstance=instance, force=True)
    assert answer["containerInstance"]["status"] == "INACTIVE"
    assert answer["containerInstance"]["runningTasksCount"] == 0
    for task in tasks:
        orphan = described(ecs, task)
        assert (orphan["lastStatus"], orphan["desiredStatus"]) == ("STOPPED", "STOPPED")
        assert orphan["stoppedReason"] == "Container instance deregistration forced by user"
        assert "stopCode" not in orphan
        assert orphan["stoppedAt"] == orphan["stoppingAt"]


def test_agent_after_deregistration_has_no_say_any_more(ecs: Any, instance: str) -> None:
    task = ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    running(ecs, task)
    ecs.deregister_container_instance(containerInstance=instance, force=True)
    before = described(ecs, task)
    running(ecs, task)
    stopped(ecs, task, exit_code=3)
    assert described(ecs, task) == before


def test_list_excludes_describe_includes_then_missing(ecs: Any, server: Any, instance: str) -> None:
    ecs.deregister_container_instance(containerInstance=instance)
    assert ecs.list_container_instances()["containerInstanceArns"] == []
    server.advance(3590)
    assert shown(ecs, instance)["status"] == "INACTIVE"
    server.advance(20)
    answer = ecs.describe_container_instances(containerInstances=[instance])
    assert answer["failures"] == [{"arn": instance, "reason": "MISSING"}]


def test_attributes_and_tags_dropped(ecs: Any, instance: str) -> None:
    ecs.tag_resource(resourceArn=instance, tags=[{"key": "a", "value": "b"}])
    ecs.deregister_container_instance(containerInstance=instance)
    listed = ecs.list_attributes(targetType="container-instance", attributeName="stack")
    assert listed["attributes"] == []
    answer = ecs.describe_container_instances(containerInstances=[instance], include=["TAGS"])
    (found,) = answer["containerInstances"]
    assert (found["tags"], found["attributes"]) == ([], [])


def test_capacity_freed(ecs: Any, instance: str) -> None:
    def count() -> int:
        (cluster,) = ecs.describe_clusters()["clusters"]
        return int(cluster["registeredContainerInstancesCount"])

    assert count() == 1
    ecs.deregister_container_instance(containerInstance=instance)
    assert count() == 0


def test_a_second_time_returns_the_inactive_instance_and_changes_nothing(
    ecs: Any, instance: str
) -> None:
    first = ecs.deregister_container_instance(containerInstance=instance)["containerInstance"]
    for force in (False, True):
        again = ecs.deregister_container_instance(containerInstance=instance, force=force)
        assert again["containerInstance"] == first


def test_a_draining_or_disconnected_instance_can_be_deregistered(
    ecs: Any, instance: str, register_instances: Any
) -> None:
    ecs.update_container_instances_state(containerInstances=[instance], status="DRAINING")
    away = ecs.register_container_instance()["containerInstance"]["containerInstanceArn"]
    for arn in (instance, away.rpartition("/")[2]):
        answer = ecs.deregister_container_instance(containerInstance=arn)
        assert answer["containerInstance"]["status"] == "INACTIVE"


def test_stale_duplicates(ecs: Any, server: Any, register_instances: Any) -> None:
    old, new = (
        ecs.register_container_instance(instanceIdentityDocument='{"instanceId": "i-1"}')[
            "containerInstance"
        ]["containerInstanceArn"]
        for _ in range(2)
    )
    server.update(lambda tx: connect(tx, new))
    ecs.deregister_container_instance(containerInstance=old)
    assert shown(ecs, new)["status"] == "ACTIVE"


def test_an_unknown_instance_or_cluster_is_refused(ecs: Any, instance: str) -> None:
    assert refused(ecs.deregister_container_instance, containerInstance="0" * 32) == (
        "InvalidParameterException",
        "The referenced container instance was not found.",
    )
    for wrong in ("no id!", instance.replace("/default/", "/other/")):
        code, _ = refused(ecs.deregister_container_instance, containerInstance=wrong, force=True)
        assert code == "InvalidParameterException"
    code, _ = refused(ecs.deregister_container_instance, cluster="none", containerInstance=instance)
    assert code == "ClusterNotFoundException"
    assert shown(ecs, instance)["status"] == "ACTIVE"


def test_an_agent_deregisters_its_own_machine_only(ecs: Any, server: Any, instance: str) -> None:
    agent = server.client(key=server.INSTANCE)
    own, other = (
        agent_or_root.register_container_instance(
            instanceIdentityDocument=f'{{"instanceId": "{ec2_id}"}}'
        )["containerInstance"]["containerInstanceArn"]
        for agent_or_root, ec2_id in ((agent, "i-0123456789abcdef0"), (ecs, "i-other"))
    )
    for arn in (other, instance):
        code, _ = refused(agent.deregister_container_instance, containerInstance=arn, force=True)
        assert code == "AccessDeniedException"
        assert shown(ecs, arn)["status"] == "ACTIVE"
    agent.deregister_container_instance(containerInstance=own)
    assert shown(ecs, own)["status"] == "INACTIVE"


def test_external_instance_deregister(ecs: Any, server: Any) -> None:
    """The same call and the same rule for orphans."""
    answer = ecs.register_container_instance(
        attributes=[{"name": name} for name in ("ecs.capability.external", *CAPABILITIES)],
        totalResources=[
            {"name": "CPU", "type": "INTEGER", "integerValue": 1024},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 1024},
        ],
    )
    external = answer["containerInstance"]["containerInstanceArn"]
    server.update(lambda tx: connect(tx, external))
    register(ecs)
    ecs.create_service(
        serviceName="web", taskDefinition="web", desiredCount=1, launchType="EXTERNAL"
    )
    server.settle()
    (task,) = ecs.list_tasks(serviceName="web")["taskArns"]
    code, _ = refused(ecs.deregister_container_instance, containerInstance=external)
    assert code == "InvalidParameterException"
    ecs.deregister_container_instance(containerInstance=external, force=True)
    orphan = described(ecs, task)
    assert orphan["lastStatus"] == "STOPPED"
    assert orphan["stoppedReason"] == "Container instance deregistration forced by user"

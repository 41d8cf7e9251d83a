"""UpdateContainerInstancesState."""

from typing import Any

import pytest
from registered import register
from reports import described

from refusals import refused
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES

pytestmark = pytest.mark.usefixtures("cluster")


def test_draining_blocks_placement(ecs: Any, register_instances: Any) -> None:
    one, two = register_instances(2)
    register(ecs)
    answer = ecs.update_container_instances_state(containerInstances=[one], status="DRAINING")
    assert [each["status"] for each in answer["containerInstances"]] == ["DRAINING"]
    on = {
        task["containerInstanceArn"]
        for task in ecs.run_task(taskDefinition="web", count=4)["tasks"]
    }
    assert on == {two}
    ecs.update_container_instances_state(containerInstances=[one], status="ACTIVE")
    (task,) = ecs.run_task(taskDefinition="web")["tasks"]
    assert task["containerInstanceArn"] == one


def test_with_all_instances_draining_the_cluster_is_as_good_as_empty(
    ecs: Any, register_instances: Any
) -> None:
    instances = register_instances(2)
    register(ecs)
    ecs.update_container_instances_state(containerInstances=instances, status="DRAINING")
    assert refused(ecs.run_task, taskDefinition="web") == (
        "InvalidParameterException",
        "No Container Instances were found in your cluster.",
    )


def test_standalone_tasks_not_touched(ecs: Any, server: Any, register_instances: Any) -> None:
    (instance,) = register_instances()
    register(ecs)
    (task,) = ecs.run_task(taskDefinition="web")["tasks"]
    ecs.update_container_instances_state(containerInstances=[instance], status="DRAINING")
    server.settle()
    assert described(ecs, task["taskArn"])["desiredStatus"] == "RUNNING"


def test_what_drains_tells_since_when_until_it_is_active_again(
    ecs: Any, server: Any, register_instances: Any
) -> None:
    (instance,) = register_instances()

    def since() -> Any:
        return server.update(lambda tx: tx.must(CONTAINER_INSTANCES, instance).draining_since)

    assert since() is None
    ecs.update_container_instances_state(containerInstances=[instance], status="DRAINING")
    began = since()
    assert began is not None
    ecs.update_container_instances_state(containerInstances=[instance], status="DRAINING")
    assert since() == began
    ecs.update_container_instances_state(containerInstances=[instance], status="ACTIVE")
    assert since() is None


def test_the_same_status_again_changes_nothing(ecs: Any, register_instances: Any) -> None:
    (instance,) = register_instances()
    request = {"containerInstances": [instance], "status": "DRAINING"}
    first = ecs.update_container_instances_state(**request)["containerInstances"]
    assert ecs.update_container_instances_state(**request)["containerInstances"] == first


def test_unknown_and_inactive_ones_are_failures_and_the_others_change(
    ecs: Any, register_instances: Any
) -> None:
    one, gone = register_instances(2)
    ecs.deregister_container_instance(containerInstance=gone)
    unknown = f"{one[:-32]}{'0' * 32}"
    answer = ecs.update_container_instances_state(
        containerInstances=[gone, unknown, one.rpartition("/")[2]], status="DRAINING"
    )
    assert [each["containerInstanceArn"] for each in answer["containerInstances"]] == [one]
    assert answer["failures"] == [
        {"arn": gone, "reason": "INACTIVE"},
        {"arn": unknown, "reason": "MISSING"},
    ]


def test_only_active_or_draining_as_target(ecs: Any, register_instances: Any) -> None:
    (instance,) = register_instances()

    def refusal(instances: list[str], status: str = "DRAINING", **more: Any) -> tuple[str, str]:
        return refused(
            ecs.update_container_instances_state,
            containerInstances=instances,
            status=status,
            **more,
        )

    assert refusal([instance], "REGISTERING") == (
        "InvalidParameterException",
        "Container instance status should be one of [ACTIVE, DRAINING]",
    )
    assert refusal([]) == ("InvalidParameterException", "Container Instances cannot be empty.")
    assert refusal([instance] * 11)[0] == "InvalidParameterException"
    assert refusal([instance, "no id!"])[0] == "InvalidParameterException"
    assert refusal([instance], cluster="none")[0] == "ClusterNotFoundException"
    (shown,) = ecs.describe_container_instances(containerInstances=[instance])["containerInstances"]
    assert shown["status"] == "ACTIVE"


def test_an_agent_drains_its_own_machine_only(ecs: Any, server: Any) -> None:
    own, other = (
        ecs.register_container_instance(instanceIdentityDocument=f'{{"instanceId": "{ec2_id}"}}')[
            "containerInstance"
        ]["containerInstanceArn"]
        for ec2_id in ("i-0123456789abcdef0", "i-other")
    )
    drain = server.client(key=server.INSTANCE).update_container_instances_state
    code, _ = refused(drain, containerInstances=[own, other], status="DRAINING")
    assert code == "AccessDeniedException"
    listed = ecs.list_container_instances(status="DRAINING")
    assert listed["containerInstanceArns"] == []
    (drained,) = drain(containerInstances=[own], status="DRAINING")["containerInstances"]
    assert drained["status"] == "DRAINING"


def test_stays_draining_until_changed(ecs: Any, server: Any, register_instances: Any) -> None:
    (instance,) = register_instances()
    ecs.update_container_instances_state(containerInstances=[instance], status="DRAINING")
    server.advance(48 * 3600)
    listed = ecs.list_container_instances(status="DRAINING")
    assert listed["containerInstanceArns"] == [instance]
    ecs.update_container_instances_state(containerInstances=[instance], status="ACTIVE")
    assert ecs.list_container_instances(status="ACTIVE")["containerInstanceArns"] == [instance]


def test_draining_blocks_placement_of_start_task_too(ecs: Any, register_instances: Any) -> None:
    (instance,) = register_instances()
    register(ecs)
    ecs.update_container_instances_state(containerInstances=[instance], status="DRAINING")
    answer = ecs.start_task(taskDefinition="web", containerInstances=[instance])
    assert answer["failures"] == [{"arn": instance, "reason": "INACTIVE"}]

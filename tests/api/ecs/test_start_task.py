"""StartTask."""

from typing import Any

import pytest
from registered import register

from api_server import connect
from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")


def test_TK_40_a_task_starts_on_each_instance_named(ecs: Any, register_instances: Any) -> None:
    one, two, _ = register_instances(3)
    register(ecs)
    identity = two.rpartition("/")[2]
    answer = ecs.start_task(taskDefinition="web", containerInstances=[one, identity])
    assert [task["containerInstanceArn"] for task in answer["tasks"]] == [one, two]
    assert {task["lastStatus"] for task in answer["tasks"]} == {"PENDING"}
    assert answer["failures"] == []


def test_start_task_ignores_strategies(ecs: Any, register_instances: Any) -> None:
    """It goes where it was told, however full that is beside another; and is of type EC2."""
    crowded, _ = register_instances(2)
    register(ecs)
    for _ in range(3):
        (task,) = ecs.start_task(taskDefinition="web", containerInstances=[crowded])["tasks"]
        assert (task["containerInstanceArn"], task["launchType"]) == (crowded, "EC2")


def test_each_instance_that_cannot_says_why(ecs: Any, register_instances: Any) -> None:
    register(ecs, memory="200")
    small, draining, gone = (
        *register_instances(memory=100),
        *register_instances(2),
    )
    ecs.update_container_instances_state(containerInstances=[draining], status="DRAINING")
    ecs.deregister_container_instance(containerInstance=gone)
    away = ecs.register_container_instance()["containerInstance"]["containerInstanceArn"]
    unknown = f"{small[:-32]}{'0' * 32}"
    answer = ecs.start_task(
        taskDefinition="web", containerInstances=[small, draining, gone, away, unknown]
    )
    assert answer["tasks"] == []
    assert answer["failures"] == [
        {"arn": small, "reason": "RESOURCE:MEMORY"},
        {"arn": draining, "reason": "INACTIVE"},
        {"arn": gone, "reason": "INACTIVE"},
        {"arn": away, "reason": "AGENT"},
        {"arn": unknown, "reason": "MISSING"},
    ]


def test_one_instance_named_twice_gets_two_tasks_if_they_fit(
    ecs: Any, register_instances: Any
) -> None:
    (instance,) = register_instances(memory=100)
    register(ecs)
    answer = ecs.start_task(taskDefinition="web", containerInstances=[instance, instance])
    assert len(answer["tasks"]) == 1
    assert answer["failures"] == [{"arn": instance, "reason": "RESOURCE:MEMORY"}]


def test_an_external_instance_gets_an_external_task(ecs: Any, server: Any) -> None:
    register(ecs)
    instance = ecs.register_container_instance(
        attributes=[{"name": "ecs.capability.external"}],
        totalResources=[{"name": "MEMORY", "type": "INTEGER", "integerValue": 100}],
    )["containerInstance"]["containerInstanceArn"]
    server.update(lambda tx: connect(tx, instance, zone=""))
    (task,) = ecs.start_task(taskDefinition="web", containerInstances=[instance])["tasks"]
    assert task["launchType"] == "EXTERNAL"
    assert ecs.list_tasks(launchType="EXTERNAL")["taskArns"] == [task["taskArn"]]
    assert ecs.list_tasks(launchType="EC2")["taskArns"] == []


def test_no_instances_or_too_many_are_refused(ecs: Any) -> None:
    assert refused(ecs.start_task, taskDefinition="web", containerInstances=[]) == (
        "InvalidParameterException",
        "Container instances cannot be empty.",
    )
    many = [f"{number:032x}" for number in range(11)]
    code, _ = refused(ecs.start_task, taskDefinition="web", containerInstances=many)
    assert code == "InvalidParameterException"


def test_an_unknown_cluster_or_definition_is_refused(ecs: Any) -> None:
    instances = {"containerInstances": ["0" * 32]}
    code, _ = refused(ecs.start_task, cluster="none", taskDefinition="web", **instances)
    assert code == "ClusterNotFoundException"
    assert refused(ecs.start_task, taskDefinition="web", **instances) == (
        "ClientException",
        "TaskDefinition not found.",
    )


def test_an_instance_of_another_cluster_is_refused(ecs: Any, register_instances: Any) -> None:
    ecs.create_cluster(clusterName="other")
    (instance,) = register_instances(cluster="other")
    register(ecs)
    assert refused(ecs.start_task, taskDefinition="web", containerInstances=[instance]) == (
        "InvalidParameterException",
        "Identifier is for cluster other. Your cluster is default",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"propagateTags": "SERVICE"},
        {"group": "service:x"},
        {"startedBy": "s" * 129},
        {"overrides": {"containerOverrides": [{"name": "none"}]}},
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}},
    ],
)
def test_a_wrong_parameter_is_refused(
    ecs: Any, register_instances: Any, wrong: dict[str, Any]
) -> None:
    instances = register_instances()
    register(ecs)
    code, _ = refused(ecs.start_task, taskDefinition="web", containerInstances=instances, **wrong)
    assert code == "InvalidParameterException"


@pytest.mark.parametrize(
    "later", [{"enableExecuteCommand": True}, {"volumeConfigurations": [{"name": "v"}]}]
)
def test_what_is_not_implemented_yet_is_refused(
    ecs: Any, register_instances: Any, later: dict[str, Any]
) -> None:
    instances = register_instances()
    register(ecs)
    code, _ = refused(ecs.start_task, taskDefinition="web", containerInstances=instances, **later)
    assert code == "UnsupportedFeatureException"

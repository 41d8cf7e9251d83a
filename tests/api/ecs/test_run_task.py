"""RunTask."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from registered import register
from reports import described, running

from refusals import refused
from roadstead.ecs.records.capacity import Capacity

pytestmark = pytest.mark.usefixtures("cluster")


def test_a_task_is_pending_on_an_instance_with_what_it_was_given(
    ecs: Any, register_instances: Any
) -> None:
    (instance,) = register_instances()
    definition = register(ecs)["taskDefinitionArn"]
    answer = ecs.run_task(taskDefinition="web", startedBy="me", tags=[{"key": "a", "value": "b"}])
    assert answer["failures"] == []
    (task,) = answer["tasks"]
    assert task["taskArn"].startswith("arn:aws:ecs:us-east-1:123456789012:task/default/")
    assert task["containerInstanceArn"] == instance
    assert task["taskDefinitionArn"] == definition
    assert (task["lastStatus"], task["desiredStatus"]) == ("PENDING", "RUNNING")
    assert (task["group"], task["startedBy"], task["launchType"]) == ("family:web", "me", "EC2")
    assert task["tags"] == [{"key": "a", "value": "b"}]
    assert task["connectivity"] == "CONNECTED"
    assert task["availabilityZone"] == "us-east-1a"
    assert task["version"] == 1
    assert task["overrides"]["containerOverrides"] == [{"name": "app"}]
    (container,) = task["containers"]
    assert (container["name"], container["lastStatus"], container["memory"]) == (
        "app",
        "PENDING",
        "64",
    )
    assert "startedAt" not in task
    assert "networkBindings" not in container


def test_TK_10_count_gives_as_many_independent_tasks(ecs: Any, register_instances: Any) -> None:
    register_instances(3)
    register(ecs)
    tasks = ecs.run_task(taskDefinition="web", count=9)["tasks"]
    assert len({task["taskArn"] for task in tasks}) == 9
    on = [task["containerInstanceArn"] for task in tasks]
    assert sorted(on.count(each) for each in set(on)) == [3, 3, 3]


def test_cluster_default(ecs: Any, register_instances: Any) -> None:
    register_instances()
    register(ecs)
    ecs.create_cluster(clusterName="other")
    (task,) = ecs.run_task(taskDefinition="web")["tasks"]
    assert task["clusterArn"].endswith(":cluster/default")
    assert ecs.list_tasks()["taskArns"] == [task["taskArn"]]
    assert ecs.list_tasks(cluster="other")["taskArns"] == []


@pytest.mark.parametrize("count", [0, 11, -1])
def test_count_is_1_to_10(ecs: Any, count: int) -> None:
    register(ecs)
    code, _ = refused(ecs.run_task, taskDefinition="web", count=count)
    assert code == "InvalidParameterException"


def test_TK_21_a_cluster_without_instances_refuses_the_call(
    ecs: Any, register_instances: Any
) -> None:
    register(ecs)
    refusal = ("InvalidParameterException", "No Container Instances were found in your cluster.")
    assert refused(ecs.run_task, taskDefinition="web") == refusal
    register_instances()
    assert refused(ecs.run_task, taskDefinition="web", launchType="EXTERNAL") == refusal


def test_TK_20_and_22_what_cannot_be_placed_is_a_failure_of_the_instance(
    ecs: Any, register_instances: Any
) -> None:
    (instance,) = register_instances(memory=100)
    register(ecs, memory="200")
    answer = ecs.run_task(taskDefinition="web", count=2)
    assert answer["tasks"] == []
    assert answer["failures"] == [{"arn": instance, "reason": "RESOURCE:MEMORY"}]


def test_TK_23_as_many_as_fit_are_placed(ecs: Any, register_instances: Any) -> None:
    register_instances(cpu=300)
    register(ecs, cpu="128")
    answer = ecs.run_task(taskDefinition="web", count=5)
    assert len(answer["tasks"]) == 2
    assert [each["reason"] for each in answer["failures"]] == ["RESOURCE:CPU"]


def test_a_static_port_is_taken_once_per_instance(ecs: Any, register_instances: Any) -> None:
    register_instances(2)
    container = {
        "name": "app",
        "image": "busybox",
        "memory": 64,
        "portMappings": [{"containerPort": 80, "hostPort": 8080}],
    }
    register(ecs, containerDefinitions=[container])
    answer = ecs.run_task(taskDefinition="web", count=3)
    assert len({task["containerInstanceArn"] for task in answer["tasks"]}) == 2
    assert {each["reason"] for each in answer["failures"]} == {"RESOURCE:PORTS"}


def test_CI_05_a_disconnected_agent_is_a_failure(ecs: Any) -> None:
    register(ecs)
    instance = ecs.register_container_instance()["containerInstance"]["containerInstanceArn"]
    answer = ecs.run_task(taskDefinition="web")
    assert answer["failures"] == [{"arn": instance, "reason": "AGENT"}]


def test_a_missing_capability_is_a_failure(ecs: Any, register_instances: Any) -> None:
    (instance,) = register_instances()
    logs = {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "r"}}
    container = {"name": "app", "image": "busybox", "memory": 64, "logConfiguration": logs}
    register(ecs, containerDefinitions=[container])
    answer = ecs.run_task(taskDefinition="web")
    assert answer["failures"] == [{"arn": instance, "reason": "ATTRIBUTE"}]


def test_TK_24_an_unknown_or_inactive_definition_is_refused(
    ecs: Any, register_instances: Any
) -> None:
    register_instances()
    assert refused(ecs.run_task, taskDefinition="web") == (
        "ClientException",
        "TaskDefinition not found.",
    )
    register(ecs)
    ecs.deregister_task_definition(taskDefinition="web:1")
    assert refused(ecs.run_task, taskDefinition="web:1") == (
        "ClientException",
        "TaskDefinition is inactive",
    )
    assert refused(ecs.run_task, taskDefinition="web")[0] == "ClientException"


def test_an_unknown_cluster_is_refused(ecs: Any) -> None:
    assert refused(ecs.run_task, cluster="none", taskDefinition="web") == (
        "ClusterNotFoundException",
        "Cluster not found.",
    )


def test_TK_27_the_same_token_and_request_give_the_same_tasks(
    ecs: Any, register_instances: Any
) -> None:
    register_instances()
    register(ecs)
    request = {"taskDefinition": "web", "count": 2, "clientToken": "token-1"}
    first = ecs.run_task(**request)["tasks"]
    running(ecs, first[0]["taskArn"])
    again = ecs.run_task(**request)["tasks"]
    assert [task["taskArn"] for task in again] == [task["taskArn"] for task in first]
    assert again[0]["lastStatus"] == "RUNNING"
    assert len(ecs.list_tasks()["taskArns"]) == 2


def test_TK_27_the_same_token_for_another_request_is_a_conflict(
    ecs: Any, register_instances: Any
) -> None:
    register_instances()
    register(ecs)
    first = ecs.run_task(taskDefinition="web", clientToken="token-1")["tasks"]
    with pytest.raises(ClientError) as refusal:
        ecs.run_task(taskDefinition="web", count=2, clientToken="token-1")
    assert refusal.value.response["Error"]["Code"] == "ConflictException"
    assert refusal.value.response["resourceIds"] == [first[0]["taskArn"]]
    assert len(ecs.list_tasks()["taskArns"]) == 1


def test_a_token_that_started_nothing_may_be_used_again(ecs: Any, register_instances: Any) -> None:
    register_instances(memory=10)
    register(ecs)
    request = {"taskDefinition": "web", "clientToken": "token-1"}
    assert ecs.run_task(**request)["tasks"] == []
    register_instances()
    assert len(ecs.run_task(**request)["tasks"]) == 1


@pytest.mark.parametrize("token", ["x" * 65, "white space", "ü"])
def test_a_token_is_up_to_64_ascii_characters(ecs: Any, token: str) -> None:
    register(ecs)
    code, _ = refused(ecs.run_task, taskDefinition="web", clientToken=token)
    assert code == "InvalidParameterException"


def test_TK_50_an_override_of_an_unknown_container_is_refused(ecs: Any) -> None:
    register(ecs)
    overrides = {"containerOverrides": [{"name": "db"}]}
    assert refused(ecs.run_task, taskDefinition="web", overrides=overrides) == (
        "InvalidParameterException",
        "Override for container named db is not a container in the TaskDefinition.",
    )


def test_TK_53_overrides_are_shown_and_reserved(
    ecs: Any, server: Any, register_instances: Any
) -> None:
    (instance,) = register_instances()
    other = {"name": "log", "image": "busybox", "memory": 32}
    register(ecs, containerDefinitions=[{"name": "app", "image": "b", "memory": 64}, other])
    override = {"name": "app", "command": ["x"], "memory": 300}
    (task,) = ecs.run_task(taskDefinition="web", overrides={"containerOverrides": [override]})[
        "tasks"
    ]
    assert task["overrides"]["containerOverrides"] == [override, {"name": "log"}]
    assert task["memory"] == "332"
    seat = server.on_loop(lambda: server.plane.store.view.projection(Capacity).seat(instance))
    assert seat.memory_mib == 332


def test_TG_05_tags_are_propagated_and_own_ones_win(ecs: Any, register_instances: Any) -> None:
    register_instances()
    register(ecs, tags=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    (task,) = ecs.run_task(
        taskDefinition="web",
        propagateTags="TASK_DEFINITION",
        enableECSManagedTags=True,
        tags=[{"key": "b", "value": "own"}],
    )["tasks"]
    assert {each["key"]: each["value"] for each in task["tags"]} == {
        "a": "1",
        "b": "own",
        "aws:ecs:clusterName": "default",
    }
    assert described(ecs, task["taskArn"])["tags"] == []
    assert len(described(ecs, task["taskArn"], include=["TAGS"])["tags"]) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"propagateTags": "SERVICE"},
        {"propagateTags": "SOMETIMES"},
        {"launchType": "PAPER"},
        {"group": "service:web"},
        {"group": "g" * 256},
        {"startedBy": "s" * 129},
        {"startedBy": "a b"},
        {"referenceId": "r" * 1025},
        {"tags": [{"key": "aws:x", "value": ""}]},
        {"platformVersion": "LATEST"},
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
        {"launchType": "EC2", "capacityProviderStrategy": [{"capacityProvider": "x"}]},
        {"overrides": {"cpu": "lots"}},
        {"launchType": "FARGATE"},
    ],
)
def test_a_wrong_parameter_is_refused_and_nothing_starts(
    ecs: Any, register_instances: Any, wrong: dict[str, Any]
) -> None:
    register_instances()
    register(ecs)
    code, _ = refused(ecs.run_task, taskDefinition="web", **wrong)
    assert code == "InvalidParameterException"
    assert ecs.list_tasks()["taskArns"] == []


@pytest.mark.parametrize(
    "later",
    [
        {"capacityProviderStrategy": [{"capacityProvider": "x"}]},
        {"enableExecuteCommand": True},
        {"volumeConfigurations": [{"name": "v"}]},
    ],
)
def test_what_is_not_implemented_yet_is_refused_and_not_ignored(
    ecs: Any, register_instances: Any, later: dict[str, Any]
) -> None:
    register_instances()
    register(ecs)
    code, message = refused(ecs.run_task, taskDefinition="web", **later)
    assert code == "UnsupportedFeatureException"
    assert "not implemented yet" in message


def test_a_definition_with_secrets_is_refused_rather_than_left_waiting(
    ecs: Any, register_instances: Any
) -> None:
    register_instances()
    container = {
        "name": "app",
        "image": "busybox",
        "memory": 64,
        "secrets": [{"name": "A", "valueFrom": "/p/a"}],
    }
    register(
        ecs,
        containerDefinitions=[container],
        executionRoleArn="arn:aws:iam::123456789012:role/exec",
    )
    code, _ = refused(ecs.run_task, taskDefinition="web")
    assert code == "UnsupportedFeatureException"

"""Every operation that is implemented, typed as an `aws ecs` command at a running Roadstead."""

import ast
import json
from pathlib import Path

import pytest
from botocore import xform_name
from house import CLUSTER, IMAGE, House

from roadstead.ecs.operations.table import READS, UNIMPLEMENTED, WRITES

ACCOUNT_ARN = "arn:aws:ecs:us-east-1:123456789012"
CONTAINERS = json.dumps(
    [{"name": "app", "image": IMAGE, "memory": 16, "command": ["sleep", "600"], "stopTimeout": 2}]
)


@pytest.fixture(scope="module")
def sleeper(house: House) -> str:
    """A task definition whose tasks do nothing for long."""
    words = ("--family", "sleeper", "--container-definitions", CONTAINERS)
    definition = house.aws("register-task-definition", *words)["taskDefinition"]
    assert definition["status"] == "ACTIVE"
    return f"sleeper:{definition['revision']}"


@pytest.fixture(scope="module")
def instance(house: House) -> str:
    """The ARN of a container instance."""
    arns = house.aws("list-container-instances", "--cluster", CLUSTER)["containerInstanceArns"]
    assert len(arns) == 2
    return str(arns[0])


def test_clusters(house: House) -> None:
    made = house.aws("create-cluster", "--cluster-name", "typed", "--tags", "key=team,value=a")
    assert made["cluster"]["clusterArn"] == f"{ACCOUNT_ARN}:cluster/typed"
    assert f"{ACCOUNT_ARN}:cluster/typed" in house.aws("list-clusters")["clusterArns"]
    described = house.aws("describe-clusters", "--clusters", "typed", "nobody", "--include", "TAGS")
    assert described["clusters"][0]["tags"] == [{"key": "team", "value": "a"}]
    assert described["failures"][0]["reason"] == "MISSING"
    setting = ("--settings", "name=containerInsights,value=enabled")
    updated = house.aws("update-cluster", "--cluster", "typed", *setting)["cluster"]
    assert updated["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    setting = ("--settings", "name=containerInsights,value=disabled")
    updated = house.aws("update-cluster-settings", "--cluster", "typed", *setting)["cluster"]
    assert updated["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert house.aws("delete-cluster", "--cluster", "typed")["cluster"]["status"] == "INACTIVE"


def test_task_definitions(house: House) -> None:
    words = ("--family", "typed", "--container-definitions", CONTAINERS)
    made = house.aws("register-task-definition", *words)["taskDefinition"]
    assert made["taskDefinitionArn"] == f"{ACCOUNT_ARN}:task-definition/typed:1"
    described = house.aws("describe-task-definition", "--task-definition", "typed")
    assert described["taskDefinition"] == made
    listed = house.aws("list-task-definitions", "--family-prefix", "typed")
    assert listed["taskDefinitionArns"] == [made["taskDefinitionArn"]]
    families = house.aws("list-task-definition-families", "--family-prefix", "typ")["families"]
    assert families == ["typed"]
    gone = house.aws("deregister-task-definition", "--task-definition", "typed:1")
    assert gone["taskDefinition"]["status"] == "INACTIVE"
    deleted = house.aws("delete-task-definitions", "--task-definitions", "typed:1", "typed:9")
    assert deleted["taskDefinitions"][0]["status"] == "DELETE_IN_PROGRESS"
    assert "does not exist" in deleted["failures"][0]["reason"]


def test_tags(house: House) -> None:
    arn = f"{ACCOUNT_ARN}:cluster/{CLUSTER}"
    tags = ("--tags", "key=team,value=a", "key=stage,value=test")
    assert house.aws("tag-resource", "--resource-arn", arn, *tags) is None
    assert house.aws("untag-resource", "--resource-arn", arn, "--tag-keys", "stage") is None
    kept = house.aws("list-tags-for-resource", "--resource-arn", arn)["tags"]
    assert kept == [{"key": "team", "value": "a"}]


def test_account_settings(house: House) -> None:
    setting = ("--name", "containerInsights", "--value", "enabled")
    assert house.aws("put-account-setting", *setting)["setting"]["value"] == "enabled"
    assert house.aws("put-account-setting-default", *setting)["setting"]["value"] == "enabled"
    listed = house.aws("list-account-settings", "--name", "containerInsights")["settings"]
    assert "enabled" in {setting["value"] for setting in listed}
    removed = house.aws("delete-account-setting", "--name", "containerInsights")["setting"]
    assert removed["name"] == "containerInsights"


def test_attributes(house: House, instance: str) -> None:
    words = ("--cluster", CLUSTER, "--attributes", f"name=disk,value=ssd,targetId={instance}")
    (put,) = house.aws("put-attributes", *words)["attributes"]
    assert (put["name"], put["value"], put["targetId"]) == ("disk", "ssd", instance)
    kind = ("--cluster", CLUSTER, "--target-type", "container-instance")
    named = ("--attribute-name", "disk", "--attribute-value", "ssd")
    (row,) = house.aws("list-attributes", *kind, *named)["attributes"]
    assert (row["name"], row["value"], row["targetId"]) == ("disk", "ssd", instance)
    words = ("--cluster", CLUSTER, "--attributes", f"name=disk,targetId={instance}")
    assert len(house.aws("delete-attributes", *words)["attributes"]) == 1
    left = house.ecs.list_attributes(targetType="container-instance", attributeName="disk")
    assert left["attributes"] == []


def test_container_instances(house: House, instance: str) -> None:
    words = ("--cluster", CLUSTER, "--container-instances", instance)
    described = house.aws("describe-container-instances", *words)["containerInstances"][0]
    assert (described["status"], described["agentConnected"]) == ("ACTIVE", True)
    for status in ("DRAINING", "ACTIVE"):
        changed = house.aws("update-container-instances-state", *words, "--status", status)
        assert changed["containerInstances"][0]["status"] == status
    said = house.refused(
        "update-container-agent", "--cluster", CLUSTER, "--container-instance", instance
    )
    assert "(NoUpdateAvailableException)" in said


def test_a_machine_that_is_registered_by_hand(house: House) -> None:
    resources = json.dumps(
        [
            {"name": "CPU", "type": "INTEGER", "integerValue": 1024},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 512},
        ]
    )
    words = ("--attributes", "name=ecs.capability.external", "--total-resources", resources)
    made = house.aws("register-container-instance", "--cluster", CLUSTER, *words)
    record = made["containerInstance"]
    assert (record["status"], record["agentConnected"]) == ("ACTIVE", False)
    arn = record["containerInstanceArn"]
    gone = house.aws(
        "deregister-container-instance", "--cluster", CLUSTER, "--container-instance", arn
    )
    assert gone["containerInstance"]["status"] == "INACTIVE"


def test_what_agents_ask(house: House, instance: str, sleeper: str) -> None:
    endpoint = house.variables["AWS_ENDPOINT_URL"]
    found = house.aws("discover-poll-endpoint", "--container-instance", instance)
    assert found["endpoint"].startswith(endpoint)
    assert found["telemetryEndpoint"].startswith(endpoint)
    task = house.run_task(sleeper)
    named = ("--cluster", CLUSTER, "--task", task["taskArn"])
    acknowledged = {"acknowledgment": "ACK"}
    assert house.aws("submit-task-state-change", *named, "--status", "RUNNING") == acknowledged
    container = ("--container-name", "app", "--status", "RUNNING")
    assert house.aws("submit-container-state-change", *named, *container) == acknowledged
    attachment = "attachmentArn=arn:aws:ecs:us-east-1:123456789012:attachment/1,status=ATTACHED"
    words = ("--cluster", CLUSTER, "--attachments", attachment)
    assert house.aws("submit-attachment-state-changes", *words) == acknowledged
    assert house.task(task["taskArn"])["lastStatus"] == "RUNNING"
    house.ecs.stop_task(task=task["taskArn"])


def test_tasks(house: House, instance: str, sleeper: str) -> None:
    where = ("--cluster", CLUSTER)
    words = ("--task-definition", sleeper, "--count", "2", "--started-by", "me")
    ran = house.aws("run-task", *where, *words)
    assert (len(ran["tasks"]), ran["failures"]) == (2, [])
    words = ("--task-definition", sleeper, "--container-instances", instance, "--started-by", "me")
    started = house.aws("start-task", *where, *words)["tasks"][0]
    assert started["containerInstanceArn"] == instance
    arns = sorted(task["taskArn"] for task in (*ran["tasks"], started))
    assert house.aws("wait", "tasks-running", *where, "--tasks", *arns) is None
    listed = house.aws("list-tasks", *where, "--started-by", "me")["taskArns"]
    assert sorted(listed) == arns
    described = house.aws("describe-tasks", *where, "--tasks", *arns)["tasks"]
    assert {task["lastStatus"] for task in described} == {"RUNNING"}
    words = ("--task", arns[0], "--reason", "enough")
    stopped = house.aws("stop-task", *where, *words)["task"]
    assert (stopped["desiredStatus"], stopped["stoppedReason"]) == ("STOPPED", "enough")
    for arn in arns[1:]:
        house.ecs.stop_task(task=arn)


def test_services(house: House, sleeper: str) -> None:
    where = ("--cluster", CLUSTER)
    words = ("--service-name", "typed", "--task-definition", sleeper, "--desired-count", "2")
    made = house.aws("create-service", *where, *words)["service"]
    assert (made["status"], made["desiredCount"]) == ("ACTIVE", 2)
    assert house.aws("list-services", *where)["serviceArns"] == [made["serviceArn"]]
    assert house.aws("wait", "services-stable", *where, "--services", "typed") is None
    words = ("--service", "typed", "--desired-count", "1")
    assert house.aws("update-service", *where, *words)["service"]["desiredCount"] == 1
    described = house.aws("describe-services", *where, "--services", "typed")["services"][0]
    assert described["desiredCount"] == 1
    words = ("--service", "typed", "--force")
    assert house.aws("delete-service", *where, *words)["service"]["status"] == "DRAINING"


def test_an_operation_that_is_not_implemented_says_so(house: House) -> None:
    assert "ListDaemons" in UNIMPLEMENTED
    said = house.refused("list-daemons")
    assert "(UnsupportedFeatureException)" in said
    assert "not implemented" in said


def test_no_implemented_operation_is_left_out_here() -> None:
    calls = [node for node in ast.walk(ast.parse(Path(__file__).read_text())) if is_command(node)]
    typed = {call.args[0].value for call in calls if isinstance(call, ast.Call)}  # type: ignore[attr-defined]
    implemented = {xform_name(operation, "-") for operation in (*WRITES, *READS)}
    assert implemented - typed == set()


def is_command(node: ast.AST) -> bool:
    """Whether this is `house.aws("some-operation", …)` or `house.refused(…)`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("aws", "refused")
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
    )

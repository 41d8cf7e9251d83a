"""Every operation that is implemented, typed as an `aws ecs` command at a running Roadstead."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from house import CLUSTER, IMAGE, House, until

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
    tasks = house.aws("list-tasks", *where, "--service-name", "typed")["taskArns"][:1]
    words = ("--tasks", *tasks, "--protection-enabled", "--expires-in-minutes", "5")
    (protected,) = house.aws("update-task-protection", *where, *words)["protectedTasks"]
    assert protected["protectionEnabled"] is True
    asked = house.aws("get-task-protection", *where, "--tasks", *tasks)["protectedTasks"]
    assert asked == [protected]
    words = ("--service", "typed", "--force")
    assert house.aws("delete-service", *where, *words)["service"]["status"] == "DRAINING"
    said = house.refused("list-services-by-namespace", "--namespace", "web.local")
    assert "(NamespaceNotFoundException)" in said


def test_task_sets(house: House, sleeper: str) -> None:
    where = ("--cluster", CLUSTER)
    words = ("--service-name", "sets", "--desired-count", "2")
    controller = ("--deployment-controller", "type=EXTERNAL")
    made = house.aws("create-service", *where, *words, *controller)["service"]
    assert (made["deployments"], made["taskSets"]) == ([], [])
    where += ("--service", "sets")
    words = ("--task-definition", sleeper, "--scale", "value=50,unit=PERCENT")
    task_set = house.aws("create-task-set", *where, *words)["taskSet"]
    assert task_set["computedDesiredCount"] == 1
    named = ("--task-set", task_set["id"])
    words = (*named, "--scale", "value=100,unit=PERCENT")
    assert house.aws("update-task-set", *where, *words)["taskSet"]["computedDesiredCount"] == 2

    def described() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = house.aws("describe-task-sets", *where)["taskSets"]
        return found

    until(lambda: described()[0]["stabilityStatus"] == "STEADY_STATE")
    assert described()[0]["runningCount"] == 2
    second = house.aws("create-task-set", *where, "--task-definition", sleeper)["taskSet"]
    words = ("--primary-task-set", second["taskSetArn"])
    primary = house.aws("update-service-primary-task-set", *where, *words)["taskSet"]
    assert primary["status"] == "PRIMARY"
    deleted = house.aws("delete-task-set", *where, *named, "--force")["taskSet"]
    assert deleted["status"] == "DRAINING"
    until(lambda: [each["id"] for each in described()] == [second["id"]])
    house.aws("delete-service", *where, "--force")


def test_service_deployments(house: House, sleeper: str) -> None:
    where = ("--cluster", CLUSTER)
    words = ("--service-name", "staged", "--task-definition", sleeper, "--desired-count", "1")
    pause = {"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"]}
    configuration = {
        "strategy": "BLUE_GREEN",
        "bakeTimeInMinutes": 0,
        "lifecycleHooks": [pause],
    }
    words += ("--deployment-configuration", json.dumps(configuration))
    house.aws("create-service", *where, *words)

    def latest() -> dict[str, Any]:
        listed = house.aws("list-service-deployments", *where, "--service", "staged")
        arn = listed["serviceDeployments"][0]["serviceDeploymentArn"]
        answer = house.aws("describe-service-deployments", "--service-deployment-arns", arn)
        found: dict[str, Any] = answer["serviceDeployments"][0]
        return found

    def paused() -> dict[str, Any] | None:
        hooks = latest()["lifecycleHookDetails"]
        return hooks[0] if hooks and hooks[0]["status"] == "AWAITING_ACTION" else None

    hook = until(paused)
    assert hook is not None
    words = ("--service-deployment-arn", latest()["serviceDeploymentArn"])
    house.aws("continue-service-deployment", *words, "--hook-id", hook["hookId"])
    until(lambda: latest()["status"] == "SUCCESSFUL")
    revision = latest()["targetServiceRevision"]["arn"]
    answer = house.aws("describe-service-revisions", "--service-revision-arns", revision)
    assert answer["serviceRevisions"][0]["taskDefinition"].endswith(sleeper)
    house.aws("update-service", *where, "--service", "staged", "--force-new-deployment")
    until(paused)
    arn = latest()["serviceDeploymentArn"]
    stopped = house.aws("stop-service-deployment", "--service-deployment-arn", arn)
    assert stopped["serviceDeploymentArn"] == arn
    until(lambda: latest()["status"] == "ROLLBACK_SUCCESSFUL")
    house.aws("delete-service", *where, "--service", "staged", "--force")


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

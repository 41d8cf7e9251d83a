"""What the documentation says of deregistering a task definition revision, on real containers."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from house import CLUSTER, House, containers_of, get, kill, processes_of, until


def deregister(house: House, revision: str) -> dict[str, Any]:
    answer = house.aws("deregister-task-definition", "--task-definition", revision)
    return dict(answer["taskDefinition"])


def listed(house: House, family: str, status: str = "ACTIVE") -> list[str]:
    """The family's revisions of one status, as `family:revision`."""
    answer = house.ecs.list_task_definitions(familyPrefix=family, status=status)
    return [arn.rpartition("/")[2] for arn in answer["taskDefinitionArns"]]


def families(house: House, status: str) -> list[str]:
    return list(house.ecs.list_task_definition_families(status=status)["families"])


def a_gone_revision(house: House, reference: str) -> str:
    """A way to name `gone:1`, which is INACTIVE, like its whole family."""
    inactive = house.ecs.list_task_definitions(familyPrefix="gone", status="INACTIVE")
    arns = inactive["taskDefinitionArns"]
    if not arns:
        gone = house.ecs.deregister_task_definition(taskDefinition=house.register("gone"))
        arns = [gone["taskDefinition"]["taskDefinitionArn"]]
    return str(arns[0]) if reference == "arn" else reference


def test_it_is_no_longer_listed(house: House) -> None:
    house.register("listed")
    house.register("listed")
    deregister(house, "listed:1")
    assert listed(house, "listed") == ["listed:2"]


def test_it_is_inactive_at_once(house: House) -> None:
    house.register("at-once")
    answered = deregister(house, "at-once:1")
    assert answered["status"] == "INACTIVE"
    assert "deregisteredAt" in answered
    described = house.ecs.describe_task_definition(taskDefinition="at-once:1")["taskDefinition"]
    assert described["status"] == "INACTIVE"


def test_existing_tasks_run_on_without_disruption(house: House) -> None:
    task = house.run_task(house.register("existing"))
    before = processes_of(task["taskArn"])
    deregister(house, "existing:1")
    assert processes_of(task["taskArn"]) == before
    assert get(house.url_of(task)).startswith("hello")
    assert house.task(task["taskArn"]) == task
    house.ecs.stop_task(task=task["taskArn"])
    house.until_task(task["taskArn"], "STOPPED")


def test_existing_services_run_on_and_heal(house: House) -> None:
    house.create_service("healing", house.register("heal", greeting="first"), 2)
    tasks = house.tasks_of("healing")
    deregister(house, "heal:1")
    assert house.tasks_of("healing") == tasks
    hit, kept = (task["taskArn"] for task in tasks)
    kill(processes_of(hit)[0])
    until(lambda: hit not in {task["taskArn"] for task in house.tasks_of("healing")})
    now = {task["taskArn"]: task for task in house.running_tasks_of("healing", 2)}
    assert house.task(hit)["stoppedReason"] == "Essential container in task exited"
    (newcomer,) = set(now) - {kept}
    assert now[newcomer]["taskDefinitionArn"].endswith("task-definition/heal:1")
    assert get(house.url_of(now[newcomer])).startswith("first")
    house.delete_service("healing")


def test_services_on_it_scale_up_and_down(house: House) -> None:
    house.create_service("scaled", house.register("scale"), 1)
    deregister(house, "scale:1")
    for count in (4, 2, 0, 1):
        words = ("--cluster", CLUSTER, "--service", "scaled", "--desired-count", str(count))
        service = house.aws("update-service", *words)["service"]
        assert service["desiredCount"] == count
        tasks = house.running_tasks_of("scaled", count)
        assert all(len(containers_of(task["taskArn"])) == 1 for task in tasks)
        assert all(task["taskDefinitionArn"].endswith("/scale:1") for task in tasks)
    house.delete_service("scaled")


@pytest.mark.parametrize("reference", ["gone:1", "arn", "gone"], ids=["revision", "arn", "family"])
def test_it_runs_no_new_tasks_however_it_is_named(house: House, reference: str) -> None:
    before = house.ecs.list_tasks()["taskArns"]
    name = a_gone_revision(house, reference)
    instance = house.container_instances()[0]["containerInstanceArn"]
    expected = "TaskDefinition not found." if reference == "gone" else "TaskDefinition is inactive"
    said = house.refused("run-task", "--task-definition", name)
    assert expected in said
    with pytest.raises(ClientError, match=expected):
        house.ecs.start_task(taskDefinition=name, containerInstances=[instance])
    assert house.ecs.list_tasks()["taskArns"] == before


@pytest.mark.parametrize("reference", ["gone:1", "arn", "gone"], ids=["revision", "arn", "family"])
def test_it_makes_no_new_services_however_it_is_named(house: House, reference: str) -> None:
    name = a_gone_revision(house, reference)
    said = house.refused(
        *("create-service", "--service-name", "none", "--desired-count", "1"),
        *("--task-definition", name),
    )
    assert "TaskDefinition not found." in said or "TaskDefinition is inactive" in said
    assert house.ecs.describe_services(services=["none"])["services"] == []


@pytest.mark.parametrize("reference", ["gone:1", "arn", "gone"], ids=["revision", "arn", "family"])
def test_no_service_is_updated_to_it(house: House, reference: str) -> None:
    name = a_gone_revision(house, reference)
    house.create_service("steady", house.register("steady"), 1)
    before = house.tasks_of("steady")
    said = house.refused("update-service", "--service", "steady", "--task-definition", name)
    assert "TaskDefinition not found." in said or "TaskDefinition is inactive" in said
    service = house.ecs.describe_services(services=["steady"])["services"][0]
    assert service["taskDefinition"] == before[0]["taskDefinitionArn"]
    assert len(service["deployments"]) == 1
    assert house.tasks_of("steady") == before
    house.delete_service("steady")


def test_the_restrictions_hold_from_the_first_moment(house: House) -> None:
    for revision in [house.register("prompt") for _ in range(10)]:
        house.ecs.deregister_task_definition(taskDefinition=revision)
        with pytest.raises(ClientError, match="TaskDefinition is inactive"):
            house.ecs.run_task(taskDefinition=revision)


def test_a_bare_family_means_its_latest_active_revision(house: House) -> None:
    for number in (1, 2, 3):
        house.register("bare", greeting=f"revision {number}")
    deregister(house, "bare:3")
    task = house.run_task("bare")
    assert task["taskDefinitionArn"].endswith("/bare:2")
    assert get(house.url_of(task)).startswith("revision 2")
    house.ecs.stop_task(task=task["taskArn"])
    house.create_service("of-the-family", "bare", 1)
    assert house.tasks_of("of-the-family")[0]["taskDefinitionArn"].endswith("/bare:2")
    house.delete_service("of-the-family")


def test_it_stays_discoverable_when_nothing_uses_it_any_more(house: House) -> None:
    task = house.run_task(house.register("kept", greeting="kept"))
    deregister(house, "kept:1")
    house.ecs.stop_task(task=task["taskArn"])
    house.until_task(task["taskArn"], "STOPPED")
    described = house.aws("describe-task-definition", "--task-definition", "kept:1")
    assert described["taskDefinition"]["status"] == "INACTIVE"
    container = described["taskDefinition"]["containerDefinitions"][0]
    assert container["environment"] == [{"name": "GREETING", "value": "kept"}]
    assert listed(house, "kept", "INACTIVE") == ["kept:1"]


def test_it_may_be_deleted_and_what_runs_keeps_it_until_it_ends(house: House) -> None:
    task = house.run_task(house.register("deleted"))
    deregister(house, "deleted:1")
    answer = house.ecs.delete_task_definitions(taskDefinitions=["deleted:1"])
    assert answer["failures"] == []
    assert answer["taskDefinitions"][0]["status"] == "DELETE_IN_PROGRESS"
    assert get(house.url_of(task)).startswith("hello")
    house.ecs.stop_task(task=task["taskArn"])
    house.until_task(task["taskArn"], "STOPPED")


def test_the_family_moves_to_the_inactive_list_with_its_last_revision(house: House) -> None:
    house.register("moved")
    house.register("moved")
    deregister(house, "moved:2")
    assert "moved" in families(house, "ACTIVE")
    assert "moved" not in families(house, "INACTIVE")
    deregister(house, "moved:1")
    assert "moved" not in families(house, "ACTIVE")
    assert "moved" in families(house, "INACTIVE")


def test_a_new_revision_brings_the_family_back_under_the_next_number(house: House) -> None:
    for _ in range(2):
        house.ecs.deregister_task_definition(taskDefinition=house.register("returns"))
    assert "returns" in families(house, "INACTIVE")
    assert house.register("returns") == "returns:3"
    assert "returns" in families(house, "ACTIVE")
    assert "returns" not in families(house, "INACTIVE")
    assert listed(house, "returns") == ["returns:3"]
    assert listed(house, "returns", "INACTIVE") == ["returns:1", "returns:2"]

"""DescribeClusters."""

from typing import Any

import pytest

from given import a_service, a_task
from refusals import refused
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS

ARN = "arn:aws:ecs:us-east-1:123456789012:cluster"


def test_CL_28_without_names_default_is_described(ecs: Any, cluster: str) -> None:
    answer = ecs.describe_clusters()
    assert [each["clusterName"] for each in answer["clusters"]] == ["default"]
    assert answer["failures"] == []


def test_CL_29_unknown_clusters_are_failures(ecs: Any, cluster: str) -> None:
    answer = ecs.describe_clusters(clusters=["gone", f"{ARN}/default", "default"])
    assert answer["failures"] == [{"arn": f"{ARN}/gone", "reason": "MISSING"}]
    assert [each["clusterName"] for each in answer["clusters"]] == ["default"]


def test_CL_01_optional_blocks_need_include(ecs: Any) -> None:
    ecs.create_cluster(
        clusterName="shop",
        tags=[{"key": "a", "value": "b"}],
        configuration={"executeCommandConfiguration": {"logging": "NONE"}},
    )
    (plain,) = ecs.describe_clusters(clusters=["shop"])["clusters"]
    assert (plain["tags"], plain["settings"], plain["statistics"]) == ([], [], [])
    assert not {"configuration", "attachments"} & plain.keys()
    include = ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"]
    (whole,) = ecs.describe_clusters(clusters=["shop"], include=include)["clusters"]
    assert whole["tags"] == [{"key": "a", "value": "b"}]
    assert whole["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert whole["configuration"] == {"executeCommandConfiguration": {"logging": "NONE"}}
    assert whole["attachments"] == []


def test_CL_03_statistics_are_counts_by_launch_type(
    ecs: Any, server: Any, cluster: str, register_instances: Any
) -> None:
    register_instances(2)

    def fill(tx: Any) -> None:
        for number, status in enumerate(("RUNNING", "RUNNING", "PENDING", "STOPPED")):
            tx.put(TASKS, a_task(number, last_status=status))
        tx.put(TASKS, a_task(9, launch_type="EXTERNAL"))
        tx.put(SERVICES, a_service("web", desired_count=0))
        tx.put(SERVICES, a_service("old", status="DRAINING", desired_count=0))

    server.update(fill)
    (shown,) = ecs.describe_clusters(include=["STATISTICS"])["clusters"]
    statistics = {each["name"]: each["value"] for each in shown["statistics"]}
    assert statistics["runningEC2TasksCount"] == "2"
    assert statistics["pendingEC2TasksCount"] == "1"
    assert statistics["runningExternalTasksCount"] == "1"
    assert statistics["runningFargateTasksCount"] == "0"
    assert statistics["activeEC2ServiceCount"] == "1"
    assert (shown["runningTasksCount"], shown["pendingTasksCount"]) == (3, 1)
    assert shown["activeServicesCount"] == 1
    assert shown["registeredContainerInstancesCount"] == 2


@pytest.mark.parametrize(
    "parameters",
    [
        {"clusters": [f"c{n}" for n in range(101)]},
        {"clusters": ["no name"]},
        {"clusters": ["arn:aws:ecs:us-east-1:999999999999:cluster/default"]},
        {"clusters": ["arn:aws:ecs:us-east-1:123456789012:service/default/web"]},
        {"include": ["EVERYTHING"]},
    ],
)
def test_other_parameters_are_refused(ecs: Any, parameters: dict[str, Any]) -> None:
    assert refused(ecs.describe_clusters, **parameters)[0] == "InvalidParameterException"

"""ListContainerInstances."""

from typing import Any

import pytest
from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")


def test_CI_03_all_but_inactive_ones_are_listed(ecs: Any, register_instances: Any) -> None:
    active, draining, gone = register_instances(3)
    ecs.update_container_instances_state(containerInstances=[draining], status="DRAINING")
    ecs.deregister_container_instance(containerInstance=gone)

    def listed(**filters: Any) -> list[str]:
        found: list[str] = ecs.list_container_instances(**filters)["containerInstanceArns"]
        return found

    assert listed() == sorted([active, draining])
    assert listed(status="ACTIVE") == [active]
    assert listed(status="DRAINING") == [draining]
    assert listed(status="REGISTERING") == []


def test_pages_follow_each_other(ecs: Any, register_instances: Any) -> None:
    arns = register_instances(5)
    pages = ecs.get_paginator("list_container_instances").paginate(PaginationConfig={"PageSize": 2})
    found = [page["containerInstanceArns"] for page in pages]
    assert [len(page) for page in found] == [2, 2, 1]
    assert [arn for page in found for arn in page] == sorted(arns)


def test_an_instance_of_another_cluster_is_not_listed(ecs: Any, register_instances: Any) -> None:
    ecs.create_cluster(clusterName="other")
    (arn,) = register_instances(cluster="other")
    assert ecs.list_container_instances()["containerInstanceArns"] == []
    assert ecs.list_container_instances(cluster="other")["containerInstanceArns"] == [arn]


def test_wrong_parameters_are_refused(ecs: Any, register_instances: Any) -> None:
    register_instances(2)
    token = ecs.list_container_instances(maxResults=1)["nextToken"]
    for wrong in (
        {"status": "INACTIVE"},
        {"maxResults": 0},
        {"maxResults": 101},
        {"nextToken": "x"},
        {"nextToken": token, "status": "ACTIVE"},
    ):
        code, _ = refused(ecs.list_container_instances, **wrong)
        assert code == "InvalidParameterException", wrong
    assert refused(ecs.list_container_instances, cluster="none")[0] == "ClusterNotFoundException"
    code, _ = refused(ecs.list_container_instances, filter="attribute:x exists")
    assert code == "UnsupportedFeatureException"

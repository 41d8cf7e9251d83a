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
    assert refused(ecs.list_container_instances, filter="attribute:x is 1") == (
        "InvalidParameterException",
        "Invalid query in filter, at position 13: found 'is', expected an operator of attribute:x: "
        "exists, !exists (not_exists), == (equals), != (not_equals), in, !in (not_in), "
        "=~ (matches), !~ (not_matches), > (greater_than), >= (greater_than_equal), "
        "< (less_than), <= (less_than_equal).",
    )


def test_a_filter_lists_those_that_the_expression_means(ecs: Any, register_instances: Any) -> None:
    first, second, third = register_instances(3)
    for arn, value in ((first, "prod"), (second, "test")):
        ecs.put_attributes(attributes=[{"name": "stack", "value": value, "targetId": arn}])

    def listed(expression: str, **more: Any) -> list[str]:
        answer = ecs.list_container_instances(filter=expression, **more)
        found: list[str] = answer["containerInstanceArns"]
        return found

    assert listed("attribute:stack == prod") == [first]
    assert listed("attribute:stack exists") == sorted([first, second])
    assert listed("not(attribute:stack =~ pr.*)") == sorted([second, third])
    ecs.update_container_instances_state(containerInstances=[first], status="DRAINING")
    assert listed("attribute:stack exists", status="ACTIVE") == [second]
    assert listed("agentConnected == true && runningTasksCount == 0") == sorted(
        [first, second, third]
    )
    ecs.deregister_container_instance(containerInstance=second)
    assert listed("attribute:stack exists") == [first]


def test_pages_of_a_filtered_list_follow_each_other(ecs: Any, register_instances: Any) -> None:
    arns = register_instances(6)
    for arn in arns[:5]:
        ecs.put_attributes(attributes=[{"name": "stack", "value": "prod", "targetId": arn}])
    pages = ecs.get_paginator("list_container_instances").paginate(
        filter="attribute:stack == prod", PaginationConfig={"PageSize": 2}
    )
    found = [page["containerInstanceArns"] for page in pages]
    assert [arn for page in found for arn in page] == sorted(arns[:5])

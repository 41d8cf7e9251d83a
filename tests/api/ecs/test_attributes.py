"""PutAttributes, DeleteAttributes and ListAttributes."""

from typing import Any

import pytest

from refusals import refused

TYPE = "container-instance"


def put(ecs: Any, target: str, **attributes: str | None) -> Any:
    return ecs.put_attributes(
        attributes=[
            {"name": name, "targetId": target} | ({"value": value} if value is not None else {})
            for name, value in attributes.items()
        ]
    )


def custom(ecs: Any, name: str, **parameters: Any) -> list[tuple[str, str | None]]:
    rows = ecs.list_attributes(targetType=TYPE, attributeName=name, **parameters)["attributes"]
    return [(row["targetId"], row.get("value")) for row in rows]


def test_CI_21_attributes_are_set_and_overwritten(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    (arn,) = register_instances()
    answer = put(ecs, arn, stack="blue", gpu=None)
    assert answer["attributes"] == [
        {"name": "stack", "value": "blue", "targetType": TYPE, "targetId": arn},
        {"name": "gpu", "targetType": TYPE, "targetId": arn},
    ]
    put(ecs, arn, stack="green")
    assert custom(ecs, "stack") == [(arn, "green")]
    (shown,) = ecs.describe_container_instances(containerInstances=[arn])["containerInstances"]
    attributes = {each["name"]: each.get("value") for each in shown["attributes"]}
    assert (attributes["stack"], attributes["gpu"]) == ("green", None)


def test_CI_21_a_short_id_needs_its_type(ecs: Any, cluster: str, register_instances: Any) -> None:
    (arn,) = register_instances()
    attribute = {"name": "stack", "value": "blue", "targetId": arn.rpartition("/")[2]}
    code, message = refused(ecs.put_attributes, attributes=[attribute])
    assert code == "InvalidParameterException"
    assert "targetType" in message
    ecs.put_attributes(attributes=[attribute | {"targetType": TYPE}])
    assert custom(ecs, "stack") == [(arn, "blue")]


def test_CI_21_unknown_targets_are_not_found(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    attribute = {"name": "a", "targetId": "0" * 32, "targetType": TYPE}
    expected = ("TargetNotFoundException", f"Could not find {'0' * 32}")
    assert refused(ecs.put_attributes, attributes=[attribute]) == expected
    assert refused(ecs.delete_attributes, attributes=[attribute]) == expected
    (arn,) = register_instances()
    ecs.deregister_container_instance(containerInstance=arn)
    attribute = {"name": "a", "targetId": arn}
    code, _ = refused(ecs.put_attributes, attributes=[attribute])
    assert code == "TargetNotFoundException"


def test_CI_20_an_instance_has_ten_custom_attributes_at_most(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    (arn,) = register_instances()
    put(ecs, arn, **{f"a{n}": None for n in range(10)})
    attribute = {"name": "b", "targetId": arn}
    code, _ = refused(ecs.put_attributes, attributes=[attribute])
    assert code == "AttributeLimitExceededException"
    put(ecs, arn, a0="again")


def test_a_call_that_fails_sets_nothing(ecs: Any, cluster: str, register_instances: Any) -> None:
    (arn,) = register_instances()
    attributes = [{"name": "a", "targetId": arn}, {"name": "b c", "targetId": arn}]
    refused(ecs.put_attributes, attributes=attributes)
    assert custom(ecs, "a") == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": "ecs.os-type"},
        {"name": "com.amazonaws.ecs.capability.x"},
        {"name": "a b"},
        {"value": " x"},
        {"targetType": "task"},
        {"targetId": ""},
        {"targetId": "arn:aws:ecs:us-east-1:123456789012:container-instance/other/0"},
    ],
)
def test_CI_22_other_attributes_are_refused(
    ecs: Any, cluster: str, register_instances: Any, change: dict[str, str]
) -> None:
    (arn,) = register_instances()
    attribute = {"name": "a", "value": "x", "targetId": arn} | change
    for operation in (ecs.put_attributes, ecs.delete_attributes):
        code, _ = refused(operation, attributes=[attribute])
        assert code == "InvalidParameterException"


@pytest.mark.parametrize("count", [0, 11])
def test_CI_21_a_call_has_one_to_ten_attributes(ecs: Any, cluster: str, count: int) -> None:
    attributes = [{"name": "a", "targetId": "0", "targetType": TYPE}] * count
    for operation in (ecs.put_attributes, ecs.delete_attributes):
        assert refused(operation, attributes=attributes)[0] == "InvalidParameterException"


def test_CI_23_attributes_are_deleted_by_name_and_by_value_if_given(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    (arn,) = register_instances()
    put(ecs, arn, stack="blue", zone="north")
    wrong = {"name": "stack", "value": "green", "targetId": arn}
    assert ecs.delete_attributes(attributes=[wrong])["attributes"] == []
    answer = ecs.delete_attributes(
        attributes=[
            {"name": "stack", "value": "blue", "targetId": arn},
            {"name": "zone", "targetId": arn},
            {"name": "gone", "targetId": arn},
        ]
    )
    assert [each["name"] for each in answer["attributes"]] == ["stack", "zone"]
    assert custom(ecs, "stack") == custom(ecs, "zone") == []


def test_CI_24_there_is_a_row_for_each_instance_and_attribute(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    arns = sorted(register_instances(3))
    for arn in arns:
        put(ecs, arn, stack="blue")
    put(ecs, arns[0], stack="green")
    assert custom(ecs, "stack") == [(arns[0], "green"), (arns[1], "blue"), (arns[2], "blue")]
    assert custom(ecs, "stack", attributeValue="green") == [(arns[0], "green")]
    assert custom(ecs, "ecs.os-type", attributeValue="linux") == [(arn, "linux") for arn in arns]
    assert custom(ecs, "ecs.os-type", attributeValue="windows") == []
    assert custom(ecs, "ecs.capability.full-sync") == [(arn, None) for arn in arns]


@pytest.mark.parametrize("name", [None, "stack", "ecs.os-type"])
def test_CI_24_botocores_paginator_reads_every_row_once(
    ecs: Any, cluster: str, register_instances: Any, name: str | None
) -> None:
    for arn in register_instances(3):
        put(ecs, arn, stack="blue", zebra="1")
    named = {"attributeName": name} if name else {}
    paginator = ecs.get_paginator("list_attributes")
    pages = paginator.paginate(targetType=TYPE, **named, PaginationConfig={"PageSize": 2})
    found = [(row["targetId"], row["name"]) for page in pages for row in page["attributes"]]
    whole = ecs.list_attributes(targetType=TYPE, **named)["attributes"]
    assert found == [(row["targetId"], row["name"]) for row in whole]
    assert found == sorted(set(found))
    assert len(found) > 2


@pytest.mark.parametrize(
    "parameters",
    [
        {"targetType": "task"},
        {"attributeValue": "x"},
        {"maxResults": 0},
        {"maxResults": 101},
        {"nextToken": "x"},
    ],
)
def test_other_lists_are_refused(ecs: Any, cluster: str, parameters: dict[str, Any]) -> None:
    code, _ = refused(ecs.list_attributes, **{"targetType": TYPE, **parameters})
    assert code == "InvalidParameterException"


def test_an_unknown_cluster_is_not_found(ecs: Any) -> None:
    attribute = {"name": "a", "targetId": "0", "targetType": TYPE}
    expected = ("ClusterNotFoundException", "Cluster not found.")
    assert refused(ecs.put_attributes, cluster="gone", attributes=[attribute]) == expected
    assert refused(ecs.delete_attributes, cluster="gone", attributes=[attribute]) == expected
    assert refused(ecs.list_attributes, cluster="gone", targetType=TYPE) == expected

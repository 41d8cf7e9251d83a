"""ListTaskDefinitions."""

from typing import Any

import pytest
from registered import register

from refusals import refused


def names(arns: list[str]) -> list[str]:
    return [arn.rpartition("/")[2] for arn in arns]


def test_statuses_are_listed_apart(ecs: Any) -> None:
    for _ in range(3):
        register(ecs)
    ecs.deregister_task_definition(taskDefinition="web:2")
    assert names(ecs.list_task_definitions()["taskDefinitionArns"]) == ["web:1", "web:3"]
    inactive = ecs.list_task_definitions(status="INACTIVE")["taskDefinitionArns"]
    assert names(inactive) == ["web:2"]
    assert ecs.list_task_definitions(status="DELETE_IN_PROGRESS")["taskDefinitionArns"] == []


@pytest.mark.parametrize("sort", ["ASC", "DESC"])
def test_TD_31_botocores_paginator_reads_all_in_order(ecs: Any, sort: str) -> None:
    for _ in range(11):
        register(ecs, "web")
    register(ecs, "api")
    paginator = ecs.get_paginator("list_task_definitions")
    pages = paginator.paginate(sort=sort, PaginationConfig={"PageSize": 5})
    found = [name for page in pages for name in names(page["taskDefinitionArns"])]
    expected = ["api:1", *(f"web:{n}" for n in range(1, 12))]
    assert found == (expected if sort == "ASC" else expected[::-1])


def test_the_prefix_is_a_whole_family(ecs: Any) -> None:
    register(ecs, "web")
    register(ecs, "web-admin")
    found = ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"]
    assert names(found) == ["web:1"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"status": "ALL"},
        {"sort": "UP"},
        {"maxResults": 0},
        {"maxResults": 101},
        {"nextToken": "bm9uc2Vuc2U="},
    ],
)
def test_other_parameters_are_refused(ecs: Any, parameters: dict[str, Any]) -> None:
    assert refused(ecs.list_task_definitions, **parameters)[0] == "InvalidParameterException"


def test_a_token_goes_with_its_filters(ecs: Any) -> None:
    register(ecs)
    register(ecs)
    token = ecs.list_task_definitions(maxResults=1)["nextToken"]
    code, _ = refused(ecs.list_task_definitions, nextToken=token, sort="DESC")
    assert code == "InvalidParameterException"

"""ListTaskDefinitionFamilies."""

from typing import Any

import pytest
from registered import register

from refusals import refused


def test_TD_30_a_family_is_active_while_one_revision_is(ecs: Any) -> None:
    register(ecs, "web")
    register(ecs, "web")
    register(ecs, "old")
    ecs.deregister_task_definition(taskDefinition="web:1")
    ecs.deregister_task_definition(taskDefinition="old:1")
    assert ecs.list_task_definition_families()["families"] == ["old", "web"]
    assert ecs.list_task_definition_families(status="ALL")["families"] == ["old", "web"]
    assert ecs.list_task_definition_families(status="ACTIVE")["families"] == ["web"]
    assert ecs.list_task_definition_families(status="INACTIVE")["families"] == ["old"]


def test_botocores_paginator_reads_all_that_begin_with_the_prefix(ecs: Any) -> None:
    for family in ("api", "web", "web-a", "web-b", "webb", "wee"):
        register(ecs, family)
    paginator = ecs.get_paginator("list_task_definition_families")
    pages = paginator.paginate(familyPrefix="web", PaginationConfig={"PageSize": 3})
    assert [page["families"] for page in pages] == [["web", "web-a", "web-b"], ["webb"]]


@pytest.mark.parametrize(
    "parameters",
    [{"status": "DELETE_IN_PROGRESS"}, {"maxResults": 0}, {"maxResults": 101}, {"nextToken": "a"}],
)
def test_other_parameters_are_refused(ecs: Any, parameters: dict[str, Any]) -> None:
    code, _ = refused(ecs.list_task_definition_families, **parameters)
    assert code == "InvalidParameterException"

"""ListClusters."""

from typing import Any

import pytest

from refusals import refused


def test_CL_27_botocores_paginator_reads_all(ecs: Any) -> None:
    names = [f"c{n:02}" for n in range(7)]
    for name in names:
        ecs.create_cluster(clusterName=name)
    pages = list(ecs.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 3}))
    found = [[arn.rpartition("/")[2] for arn in page["clusterArns"]] for page in pages]
    assert found == [names[:3], names[3:6], names[6:]]


def test_regions_have_clusters_of_their_own(ecs: Any, server: Any, cluster: str) -> None:
    assert server.client(region="eu-west-1").list_clusters()["clusterArns"] == []


@pytest.mark.parametrize("parameters", [{"maxResults": 0}, {"maxResults": 101}, {"nextToken": "x"}])
def test_another_page_size_or_token_is_refused(ecs: Any, parameters: dict[str, Any]) -> None:
    assert refused(ecs.list_clusters, **parameters)[0] == "InvalidParameterException"


def test_WI_05_a_token_of_another_list_is_refused(ecs: Any) -> None:
    for name in ("a", "b"):
        ecs.create_cluster(clusterName=name)
    token = ecs.list_clusters(maxResults=1)["nextToken"]
    code, message = refused(ecs.list_task_definition_families, nextToken=token)
    assert code == "InvalidParameterException"
    assert message.startswith("Invalid token")

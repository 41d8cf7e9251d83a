"""ListServicesByNamespace, as boto3 sees it: there are no namespaces yet."""

from typing import Any

import pytest
from services import refusal_of


def test_list_by_namespace(ecs: Any, cluster: str) -> None:
    for namespace in (
        "web.local",
        "arn:aws:servicediscovery:us-east-1:123456789012:namespace/ns-0123456789abcdef",
    ):
        assert refusal_of(ecs.list_services_by_namespace, namespace=namespace) == (
            "NamespaceNotFoundException",
            f"Failed to retrieve namespace for {namespace}",
        )


@pytest.mark.parametrize(
    "parameters", [{"maxResults": 0}, {"maxResults": 101}, {"nextToken": "x"}, {"namespace": ""}]
)
def test_a_parameter_that_is_not_valid_is_refused(
    ecs: Any, cluster: str, parameters: dict[str, Any]
) -> None:
    given = {"namespace": "web.local", **parameters}
    assert refusal_of(ecs.list_services_by_namespace, **given)[0] == "InvalidParameterException"

"""What a definition asks for that no task can be given yet."""

from typing import Any

import pytest

from given import a_task_definition
from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.runnable import check_implemented, check_runnable


def with_container(**members: Any) -> Any:
    container = {"name": "app", "image": "busybox", **members}
    return a_task_definition(document={"containerDefinitions": [container]})


@pytest.mark.parametrize(
    "members",
    [
        {"secrets": [{"name": "A", "valueFrom": "/a"}]},
        {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/k"}]},
        {"repositoryCredentials": {"credentialsParameter": "arn:x"}},
        {"resourceRequirements": [{"type": "GPU", "value": "1"}]},
        {"logConfiguration": {"logDriver": "splunk", "secretOptions": [{"name": "t"}]}},
    ],
)
def test_what_an_agent_would_wait_for_in_vain_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(
        ApiError, match=r"UnsupportedFeatureException: Container app needs .*"
    ) as no:
        check_implemented(with_container(**members))
    assert no.value.code == "UnsupportedFeatureException"
    assert "not implemented yet" in no.value.message


def test_TK_30_a_volume_that_is_configured_at_launch_cannot_be_run_without() -> None:
    definition = a_task_definition(
        document={"volumes": [{"name": "d", "configuredAtLaunch": True}]}
    )
    with pytest.raises(
        ApiError, match="InvalidParameterException: Volume d is configured at launc"
    ):
        check_implemented(definition)


def test_empty_lists_ask_for_nothing() -> None:
    check_implemented(with_container(secrets=[], environmentFiles=[], resourceRequirements=[]))


def refusal(definition: Any, launch_type: str) -> str:
    with pytest.raises(ApiError) as refused:
        check_runnable(definition, launch_type)
    return f"{refused.value.code}: {refused.value.message}"


def test_TK_25_a_launch_type_that_the_definition_does_not_support_is_refused() -> None:
    ec2_only = a_task_definition(compatibilities=("EC2",))
    assert refusal(ec2_only, "FARGATE") == (
        "InvalidParameterException: Task definition does not support launch_type FARGATE."
    )
    fargate = a_task_definition(compatibilities=("EC2", "FARGATE"))
    assert refusal(fargate, "FARGATE").startswith("UnsupportedFeatureException: ")

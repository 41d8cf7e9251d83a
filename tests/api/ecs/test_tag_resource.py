"""TagResource, UntagResource and ListTagsForResource."""

from collections.abc import Callable
from typing import Any

import pytest
from registered import register

from given import a_service, a_task
from refusals import refused
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS

PREFIX = "arn:aws:ecs:us-east-1:123456789012"
TEAM = [{"key": "team", "value": "web"}]


@pytest.fixture
def resource(
    ecs: Any, server: Any, cluster: str, register_instances: Any, request: Any
) -> Callable[[str], str]:
    """Makes a resource of a kind; returns its ARN."""

    def put(table: Any, record: Any) -> str:
        server.update(lambda tx: tx.put(table, record))
        arn: str = record.arn
        return arn

    def make(kind: str) -> str:
        match kind:
            case "cluster":
                return f"{PREFIX}:cluster/default"
            case "task-definition":
                arn: str = register(ecs)["taskDefinitionArn"]
                return arn
            case "container-instance":
                (arn,) = register_instances()
                return arn
            case "service":
                return put(SERVICES, a_service(desired_count=0))
            case _:
                return put(TASKS, a_task())

    return make


KINDS = ["cluster", "task-definition", "container-instance", "service", "task"]


@pytest.mark.parametrize("kind", KINDS)
def test_TG_02_tags_are_added_overwritten_and_removed(
    ecs: Any, resource: Callable[[str], str], kind: str
) -> None:
    arn = resource(kind)
    ecs.tag_resource(resourceArn=arn, tags=[*TEAM, {"key": "stage", "value": "test"}])
    ecs.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "live"}])
    stage = {"key": "stage", "value": "live"}
    assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [*TEAM, stage]
    ecs.untag_resource(resourceArn=arn, tagKeys=["team", "gone"])
    assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [stage]


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("cluster/gone", "ClusterNotFoundException"),
        ("service/default/gone", "ResourceNotFoundException"),
        ("task/default/00000000000000000000000000000000", "ResourceNotFoundException"),
        ("container-instance/default/0", "ResourceNotFoundException"),
        ("task-definition/web:9", "ResourceNotFoundException"),
        ("capacity-provider/spot", "UnsupportedFeatureException"),
        ("bucket/mine", "InvalidParameterException"),
    ],
)
def test_TG_03_unknown_resources_are_refused(ecs: Any, cluster: str, arn: str, code: str) -> None:
    named = {"resourceArn": f"{PREFIX}:{arn}"}
    assert refused(ecs.tag_resource, **named, tags=TEAM)[0] == code
    assert refused(ecs.untag_resource, **named, tagKeys=["team"])[0] == code
    declared = code.replace("ResourceNotFoundException", "InvalidParameterException")
    assert refused(ecs.list_tags_for_resource, **named)[0] == declared


@pytest.mark.parametrize("kind", ["service", "task", "container-instance"])
def test_TG_03_short_arns_are_refused(ecs: Any, cluster: str, kind: str) -> None:
    arn = f"{PREFIX}:{kind}/00000000"
    assert refused(ecs.tag_resource, resourceArn=arn, tags=TEAM) == (
        "InvalidParameterException",
        "Long arn format must be used for tagging operations",
    )


@pytest.mark.parametrize("arn", ["default", "arn:aws:ecs", "arn:aws:s3:::bucket"])
def test_TG_03_what_is_no_arn_of_ecs_is_refused(ecs: Any, arn: str) -> None:
    code, _ = refused(ecs.tag_resource, resourceArn=arn, tags=TEAM)
    assert code == "InvalidParameterException"


def test_TG_03_a_deleted_cluster_is_refused(ecs: Any, cluster: str) -> None:
    ecs.delete_cluster(cluster=cluster)
    arn = f"{PREFIX}:cluster/default"
    assert refused(ecs.tag_resource, resourceArn=arn, tags=TEAM) == (
        "InvalidParameterException",
        "The specified cluster is inactive. Specify an active cluster and try again.",
    )


def test_TG_03_an_inactive_definition_keeps_its_tags_and_takes_no_others(ecs: Any) -> None:
    arn = register(ecs, tags=TEAM)["taskDefinitionArn"]
    ecs.deregister_task_definition(taskDefinition="web:1")
    assert refused(ecs.tag_resource, resourceArn=arn, tags=TEAM) == (
        "InvalidParameterException",
        "The specified task definition is inactive. Specify an active task definition and try "
        "again.",
    )
    assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == TEAM


def test_TG_01_a_resource_has_fifty_tags_at_most(ecs: Any, cluster: str) -> None:
    arn = f"{PREFIX}:cluster/default"
    ecs.tag_resource(resourceArn=arn, tags=[{"key": f"k{n}", "value": ""} for n in range(50)])
    code, message = refused(ecs.tag_resource, resourceArn=arn, tags=TEAM)
    assert code == "InvalidParameterException"
    assert "51" in message
    assert len(ecs.list_tags_for_resource(resourceArn=arn)["tags"]) == 50


@pytest.mark.parametrize(
    "tags",
    [
        [{"key": "aws:team", "value": ""}],
        [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}],
        [{"value": "x"}],
        [{"key": "a", "value": "<>"}],
    ],
)
def test_TG_01_other_tags_are_refused(ecs: Any, cluster: str, tags: Any) -> None:
    code, _ = refused(ecs.tag_resource, resourceArn=f"{PREFIX}:cluster/default", tags=tags)
    assert code == "InvalidParameterException"

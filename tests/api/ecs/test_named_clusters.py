"""How every operation takes the cluster that it is given, or not given."""

from typing import Any

import pytest
from botocore import xform_name
from registered import register

from refusals import refused
from roadstead.aws.models import service_model
from roadstead.aws.shapes import Shape
from roadstead.ecs.operations.table import READS, WRITES

MODEL = service_model("ecs")
NOT_ASKED = {
    "DiscoverPollEndpoint",
    "SubmitTaskStateChange",
    "SubmitContainerStateChange",
    "SubmitAttachmentStateChanges",
}
"""What agents call: it works whatever has become of the cluster."""


def takes_cluster(operation: str) -> bool:
    shape = MODEL.operations[operation].input
    return shape is not None and "cluster" in shape.members


OPERATIONS = [
    operation
    for operation in (*WRITES, *READS)
    if operation not in NOT_ASKED and takes_cluster(operation)
]


def least(shape: Shape) -> Any:
    """The smallest value of a shape that could mean something."""
    match shape.type:
        case "structure":
            return {name: least(shape.members[name].shape) for name in shape.required}
        case "list":
            assert shape.element is not None
            return [least(shape.element.shape)]
        case "integer" | "long":
            return 1
        case "boolean":
            return True
        case _:
            return shape.enum[0] if shape.enum else "web"


def asked(ecs: Any, operation: str, **named: Any) -> tuple[str, str]:
    shape = MODEL.operations[operation].input
    assert shape is not None
    request = {**least(shape), **named}
    return refused(getattr(ecs, xform_name(operation)), **request)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_CL_19_an_unknown_cluster_and_a_deleted_one_are_not_found(
    ecs: Any, cluster: str, operation: str
) -> None:
    code = "ClusterNotFoundException"
    assert asked(ecs, operation, cluster="nowhere") == (code, "Cluster not found.")
    ecs.delete_cluster(cluster=cluster)
    gone = (code, "The referenced cluster was inactive.")
    assert asked(ecs, operation, cluster=cluster) == gone
    arn = f"arn:aws:ecs:us-east-1:123456789012:cluster/{cluster}"
    assert asked(ecs, operation, cluster=arn) == gone


@pytest.mark.parametrize("operation", OPERATIONS)
def test_CL_31_a_cluster_of_another_account_or_region_is_refused(
    ecs: Any, cluster: str, operation: str
) -> None:
    for place in ("eu-west-1:123456789012", "us-east-1:210987654321"):
        code, _ = asked(ecs, operation, cluster=f"arn:aws:ecs:{place}:cluster/{cluster}")
        assert code == "InvalidParameterException"


def test_CL_30_name_arn_and_nothing_at_all_mean_the_same_cluster(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    register_instances()
    register(ecs)
    task = ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    arn = f"arn:aws:ecs:us-east-1:123456789012:cluster/{cluster}"
    for named in ({}, {"cluster": cluster}, {"cluster": arn}):
        assert ecs.list_tasks(**named)["taskArns"] == [task]
        assert len(ecs.list_container_instances(**named)["containerInstanceArns"]) == 1
        assert ecs.describe_tasks(tasks=[task], **named)["failures"] == []

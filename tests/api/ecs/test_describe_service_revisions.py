"""DescribeServiceRevisions, as boto3 sees it."""

import re
from typing import Any

import pytest
from reports import running
from services import refusal_of, the_service
from staged import a_service, described, roll_out

MISSING = "arn:aws:ecs:us-east-1:123456789012:service-revision/default/web/1000000000000000000"
DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def instances(cluster: str, register_instances: Any) -> list[str]:
    arns: list[str] = register_instances(2)
    return arns


def test_a_revision_is_a_snapshot_of_what_tasks_are_made_of(ecs: Any, server: Any) -> None:
    service = a_service(ecs, server)
    (current,) = service["currentServiceRevisions"]
    (revision,) = ecs.describe_service_revisions(serviceRevisionArns=[current["arn"]])[
        "serviceRevisions"
    ]
    name = r"arn:aws:ecs:us-east-1:123456789012:service-revision/default/web/[0-9]{19}"
    assert re.fullmatch(name, revision["serviceRevisionArn"])
    assert revision["taskDefinition"] == service["taskDefinition"]
    assert (revision["serviceArn"], revision["clusterArn"], revision["launchType"]) == (
        service["serviceArn"],
        service["clusterArn"],
        "EC2",
    )


def test_the_first_task_that_runs_tells_the_digests(ecs: Any, server: Any) -> None:
    a_service(ecs, server)
    target = described(ecs, roll_out(ecs, server))["targetServiceRevision"]["arn"]
    (primary, _) = the_service(ecs)["deployments"]
    task = ecs.list_tasks(startedBy=primary["id"])["taskArns"][0]
    running(ecs, task, imageDigest=DIGEST)
    answer = ecs.describe_service_revisions(serviceRevisionArns=[target])
    (image,) = answer["serviceRevisions"][0]["containerImages"]
    assert (image["containerName"], image["imageDigest"]) == ("app", DIGEST)


def test_describe_only(ecs: Any, server: Any) -> None:
    a_service(ecs, server)
    answer = ecs.describe_service_revisions(serviceRevisionArns=[MISSING])
    assert answer["serviceRevisions"] == []
    assert answer["failures"] == [{"arn": MISSING, "reason": "MISSING"}]


@pytest.mark.parametrize("arns", [[], [MISSING] * 21, ["web"], [MISSING.replace("ecs", "ec2", 1)]])
def test_a_list_that_is_not_valid_is_refused(ecs: Any, arns: list[str]) -> None:
    code, _ = refusal_of(ecs.describe_service_revisions, serviceRevisionArns=arns)
    assert code == "InvalidParameterException"

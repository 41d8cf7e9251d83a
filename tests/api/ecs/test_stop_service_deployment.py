"""StopServiceDeployment, as boto3 sees it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from services import refusal_of, the_service
from staged import STAGED, a_service, described, roll_out, work

MISSING = "arn:aws:ecs:us-east-1:123456789012:service-deployment/default/web/aaaaaaaaaaaaaaaaaaaaa"


@pytest.fixture(autouse=True)
def instances(cluster: str, register_instances: Any) -> list[str]:
    arns: list[str] = register_instances(2)
    return arns


@pytest.mark.parametrize("configuration", [{}, STAGED])
def test_a_deployment_is_taken_back(ecs: Any, server: Any, configuration: dict[str, Any]) -> None:
    before = a_service(ecs, server)
    arn = roll_out(ecs, server, **configuration)
    assert ecs.stop_service_deployment(serviceDeploymentArn=arn)["serviceDeploymentArn"] == arn
    work(ecs, server)
    stopped = described(ecs, arn)
    assert stopped["status"] == "ROLLBACK_SUCCESSFUL"
    assert stopped["rollback"]["serviceRevisionArn"] == before["currentServiceRevisions"][0]["arn"]
    assert stopped["statusReason"] == stopped["rollback"]["reason"]
    assert the_service(ecs)["taskDefinition"] == before["taskDefinition"]


def test_stopping_again_changes_nothing(ecs: Any, server: Any) -> None:
    a_service(ecs, server, availabilityZoneRebalancing="DISABLED")
    arn = roll_out(ecs, server, minimumHealthyPercent=0, maximumPercent=100)
    for _ in range(2):
        answer = ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
        assert answer["serviceDeploymentArn"] == arn
        server.settle()
        assert described(ecs, arn)["status"] == "ROLLBACK_IN_PROGRESS"


def test_one_that_has_ended_is_a_conflict(ecs: Any, server: Any) -> None:
    a_service(ecs, server)
    arn = roll_out(ecs, server)
    work(ecs, server)
    with pytest.raises(ClientError) as refused:
        ecs.stop_service_deployment(serviceDeploymentArn=arn)
    assert refused.value.response["Error"]["Code"] == "ConflictException"
    assert refused.value.response["resourceIds"] == [arn]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"serviceDeploymentArn": MISSING}, "ServiceDeploymentNotFoundException"),
        ({"serviceDeploymentArn": "web"}, "InvalidParameterException"),
        ({"stopType": "GENTLY"}, "InvalidParameterException"),
        ({"stopType": "ABORT"}, "UnsupportedFeatureException"),
    ],
)
def test_what_is_refused(ecs: Any, server: Any, parameters: dict[str, Any], code: str) -> None:
    a_service(ecs, server)
    arn = roll_out(ecs, server)
    refusal = refusal_of(ecs.stop_service_deployment, **{"serviceDeploymentArn": arn, **parameters})
    assert refusal[0] == code

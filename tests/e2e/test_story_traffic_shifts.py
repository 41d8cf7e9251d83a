"""Blue, green and canaries: a listener's rule divides requests between two groups, as the answers
show, and leads them back without losing one."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from asking import Answer, Clients
from balancers import Balancer, create_service, make_balancer, make_group, serving
from house import House, until

COUNT = 2
CANARY_PERCENT = 25
SAMPLE = 600
ROLE = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notes")


@pytest.fixture(scope="module")
def groups(house: House) -> tuple[str, str]:
    return make_group(house, "left"), make_group(house, "right")


@pytest.fixture(scope="module")
def balancer(house: House, groups: tuple[str, str]) -> Balancer:
    return make_balancer(house, "shifting", groups[0])


@pytest.fixture(scope="module")
def rule(house: House, balancer: Balancer, groups: tuple[str, str]) -> str:
    """The rule that a service `web` of two tasks, which say "blue", may change."""
    words = ("--listener-arn", balancer.listener_arn, "--priority", "10")
    made = house.aws_of(
        *("elbv2", "create-rule", *words),
        *("--conditions", "Field=path-pattern,Values=/*"),
        *("--actions", f"Type=forward,TargetGroupArn={groups[0]}"),
    )
    return str(made["Rules"][0]["RuleArn"])


@pytest.fixture(scope="module", autouse=True)
def web(house: House, balancer: Balancer, groups: tuple[str, str], rule: str, notes: Path) -> None:
    register(house, notes, "blue")
    where: dict[str, Any] = {
        "targetGroupArn": groups[0],
        "advancedConfiguration": {
            "alternateTargetGroupArn": groups[1],
            "productionListenerRule": rule,
            "roleArn": ROLE,
        },
    }
    strategy = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0}
    create_service(house, "web", COUNT, where, deploymentConfiguration=strategy)


def register(house: House, notes: Path, greeting: str, **container: Any) -> str:
    definition = serving("web", notes, greeting)
    definition["containerDefinitions"][0].update(container)
    made = house.ecs.register_task_definition(**definition)["taskDefinition"]
    return f"web:{made['revision']}"


def update(house: House, revision: str, **configuration: Any) -> str:
    """Deploy a revision; the service deployment's ARN."""
    house.ecs.update_service(
        service="web", taskDefinition=revision, deploymentConfiguration=configuration
    )
    arn = house.ecs.list_service_deployments(service="web")["serviceDeployments"][0]
    return str(arn["serviceDeploymentArn"])


def deployment(house: House, arn: str) -> dict[str, Any]:
    found = house.ecs.describe_service_deployments(serviceDeploymentArns=[arn])
    return dict(found["serviceDeployments"][0])


def until_deployment(house: House, arn: str, status: str) -> None:
    until(lambda: deployment(house, arn)["status"] == status, f"the deployment is {status}")


def weights(house: House, rule: str) -> dict[str, int]:
    """What the rule says of each group, as the AWS CLI shows it."""
    (found,) = house.aws_of("elbv2", "describe-rules", "--rule-arns", rule)["Rules"]
    shares = found["Actions"][0]["ForwardConfig"]["TargetGroups"]
    return {each["TargetGroupArn"]: each["Weight"] for each in shares}


def greetings(answers: list[Answer]) -> Counter[str]:
    return Counter(answer.body.partition(" on ")[0] for answer in answers)


def test_blue_green_moves_all_requests_to_the_new_revision(
    house: House, balancer: Balancer, groups: tuple[str, str], rule: str, notes: Path
) -> None:
    left, right = groups
    assert {group for group, weight in weights(house, rule).items() if weight} == {left}
    with Clients(balancer.address, balancer.port) as clients:
        revision = register(house, notes, "green")
        arn = update(house, revision, strategy="BLUE_GREEN", bakeTimeInMinutes=0)
        until_deployment(house, arn, "SUCCESSFUL")
        house.running_tasks_of("web", COUNT)
    assert clients.failed == []
    heard = [answer.body.partition(" on ")[0] for answer in clients.in_order()]
    assert set(heard) == {"blue", "green"}
    assert heard[-20:] == ["green"] * 20
    assert {group for group, weight in weights(house, rule).items() if weight} == {right}


def test_a_canary_gets_its_percent_and_is_taken_back(
    house: House, balancer: Balancer, groups: tuple[str, str], rule: str, notes: Path
) -> None:
    left, right = groups
    canary = {"canaryPercent": CANARY_PERCENT, "canaryBakeTimeInMinutes": 10}
    with Clients(balancer.address, balancer.port) as clients:
        revision = register(house, notes, "canary")
        arn = update(house, revision, strategy="CANARY", canaryConfiguration=canary)
        until(lambda: greetings(clients.in_order())["canary"], "the canary is asked")
        shown = weights(house, rule)
        assert shown[left] / sum(shown.values()) == CANARY_PERCENT / 100
        begun = len(clients.in_order())
        until(lambda: len(clients.in_order()) > begun + SAMPLE, "many requests are answered")
        heard = greetings(clients.in_order()[begun:])
        assert set(heard) == {"green", "canary"}
        assert abs(100 * heard["canary"] / heard.total() - CANARY_PERCENT) < 10

        house.aws("stop-service-deployment", "--service-deployment-arn", arn)
        until_deployment(house, arn, "ROLLBACK_SUCCESSFUL")
        house.running_tasks_of("web", COUNT)
    assert clients.failed == []
    assert greetings(clients.in_order()[-20:]) == {"green": 20}
    assert {group for group, weight in weights(house, rule).items() if weight} == {right}


def test_a_revision_that_cannot_start_gets_no_request_and_is_rolled_back(
    house: House, balancer: Balancer, groups: tuple[str, str], rule: str, notes: Path
) -> None:
    with Clients(balancer.address, balancer.port) as clients:
        revision = register(house, notes, "never", image="localhost:1/demo/missing:latest")
        arn = update(
            house,
            revision,
            strategy="BLUE_GREEN",
            bakeTimeInMinutes=0,
            deploymentCircuitBreaker={"enable": True, "rollback": True},
        )
        until_deployment(house, arn, "ROLLBACK_SUCCESSFUL")
        house.running_tasks_of("web", COUNT)
    assert clients.failed == []
    assert set(greetings(clients.in_order())) == {"green"}
    assert {group for group, weight in weights(house, rule).items() if weight} == {groups[1]}

"""DescribeServices and the waiters that are made of it, as boto3 sees them."""

from typing import Any

import pytest
from botocore.exceptions import WaiterError
from services import agents_work, refusal_of, register_web

AT_ONCE = {"Delay": 0, "MaxAttempts": 2}


@pytest.fixture
def service_arn(ecs: Any, server: Any, cluster: str, register_instances: Any) -> str:
    """A service `web` with two PENDING tasks."""
    register_instances()
    register_web(ecs)
    answer = ecs.create_service(
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        tags=[{"key": "team", "value": "web"}],
    )
    server.settle()
    return str(answer["service"]["serviceArn"])


def test_describe_1_to_10(ecs: Any, service_arn: str) -> None:
    answer = ecs.describe_services(services=["web", service_arn, "nobody"])
    assert [each["serviceName"] for each in answer["services"]] == ["web"]
    missing = service_arn.replace("/web", "/nobody")
    assert answer["failures"] == [{"arn": missing, "reason": "MISSING"}]


def test_AR_01_an_arn_without_the_cluster_is_of_no_service(ecs: Any, service_arn: str) -> None:
    short = service_arn.replace("/default/", "/")
    answer = ecs.describe_services(services=[short])
    assert (answer["services"], answer["failures"]) == ([], [{"arn": short, "reason": "MISSING"}])
    assert refusal_of(ecs.update_service, service=short)[0] == "ServiceNotFoundException"


def test_AR_02_an_arn_of_another_cluster_than_the_requests_is_refused(
    ecs: Any, service_arn: str
) -> None:
    ecs.create_cluster(clusterName="other")
    assert refusal_of(ecs.describe_services, cluster="other", services=[service_arn]) == (
        "InvalidParameterException",
        "Identifier is for cluster default. Your cluster is other",
    )


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("no name", "Invalid identifier"),
        ("arn:aws:ecs:us-east-1:123456789012:task/default/web", "Identifier is for task"),
        ("arn:aws:ecs:us-east-1:123456789012:service/a/b/c", "Unexpected number of separators"),
        ("arn:aws:ecs:eu-west-1:123456789012:service/default/web", "Invalid identifier"),
        ("arn:aws:ecs", "Invalid identifier"),
    ],
)
def test_AR_03_a_malformed_reference_is_refused(
    ecs: Any, service_arn: str, reference: str, words: str
) -> None:
    code, message = refusal_of(ecs.describe_services, services=[reference])
    assert code == "InvalidParameterException"
    assert words in message


def test_tags_are_shown_when_they_are_asked_for(ecs: Any, service_arn: str) -> None:
    (plain,) = ecs.describe_services(services=["web"])["services"]
    (tagged,) = ecs.describe_services(services=["web"], include=["TAGS"])["services"]
    assert "tags" not in plain
    assert tagged["tags"] == [{"key": "team", "value": "web"}]


def test_events_are_shown_newest_first(ecs: Any, server: Any, service_arn: str) -> None:
    agents_work(server, service_arn)
    server.advance(41)
    (service,) = ecs.describe_services(services=["web"])["services"]
    messages = [event["message"] for event in service["events"]]
    assert messages[0] == "(service web) has reached a steady state."
    assert messages[-1].startswith("(service web) has started 2 tasks: ")
    assert {"id", "createdAt", "message"} == set(service["events"][0])


def test_none_and_more_than_ten_are_refused(ecs: Any, cluster: str) -> None:
    assert refusal_of(ecs.describe_services, services=[]) == (
        "InvalidParameterException",
        "Services cannot be empty.",
    )
    code, _ = refusal_of(ecs.describe_services, services=[f"s{n}" for n in range(11)])
    assert code == "InvalidParameterException"


def test_another_clusters_arn_nonsense_and_an_unknown_field_are_refused(
    ecs: Any, cluster: str
) -> None:
    elsewhere = "arn:aws:ecs:us-east-1:123456789012:service/other/web"
    assert refusal_of(ecs.describe_services, services=[elsewhere]) == (
        "InvalidParameterException",
        "Identifier is for cluster other. Your cluster is default",
    )
    code, _ = refusal_of(ecs.describe_services, services=["a b"])
    assert code == "InvalidParameterException"
    code, _ = refusal_of(ecs.describe_services, services=["web"], include=["ALL"])
    assert code == "InvalidParameterException"


def test_an_unknown_cluster_is_refused(ecs: Any) -> None:
    refusal = refusal_of(ecs.describe_services, services=["web"], cluster="nowhere")
    assert refusal[0] == "ClusterNotFoundException"


def test_the_waiter_services_stable_waits_until_all_tasks_run(
    ecs: Any, server: Any, service_arn: str
) -> None:
    waiter = ecs.get_waiter("services_stable")
    with pytest.raises(WaiterError):
        waiter.wait(services=["web"], WaiterConfig=AT_ONCE)
    agents_work(server, service_arn)
    waiter.wait(services=["web"], WaiterConfig=AT_ONCE)


def test_the_waiter_services_stable_fails_at_once_for_a_deleted_service(
    ecs: Any, server: Any, service_arn: str
) -> None:
    ecs.delete_service(service="web", force=True)
    server.settle()
    with pytest.raises(WaiterError, match="terminal failure"):
        ecs.get_waiter("services_stable").wait(services=["web"], WaiterConfig=AT_ONCE)


def test_the_waiter_services_inactive_waits_for_a_deleted_service(
    ecs: Any, server: Any, service_arn: str
) -> None:
    waiter = ecs.get_waiter("services_inactive")
    with pytest.raises(WaiterError):
        waiter.wait(services=["web"], WaiterConfig=AT_ONCE)
    ecs.delete_service(service="web", force=True)
    server.settle()
    waiter.wait(services=["web"], WaiterConfig=AT_ONCE)
    with pytest.raises(WaiterError, match="terminal failure"):
        waiter.wait(services=["nobody"], WaiterConfig=AT_ONCE)


def test_running_and_pending_count_all_deployments(ecs: Any, server: Any, service_arn: str) -> None:
    agents_work(server, service_arn)
    register_web(ecs)
    ecs.update_service(service="web", taskDefinition="web")
    server.settle()
    (service,) = ecs.describe_services(services=["web"])["services"]
    assert (service["runningCount"], service["pendingCount"]) == (2, 2)
    assert [
        (each["status"], each["desiredCount"], each["runningCount"], each["pendingCount"])
        for each in service["deployments"]
    ] == [("PRIMARY", 2, 0, 2), ("ACTIVE", 2, 2, 0)]
    for task in ecs.list_tasks(serviceName="web")["taskArns"]:
        (shown,) = ecs.describe_tasks(tasks=[task])["tasks"]
        if shown["lastStatus"] == "RUNNING":
            ecs.stop_task(task=task)
    (service,) = ecs.describe_services(services=["web"])["services"]
    assert service["runningCount"] == 0

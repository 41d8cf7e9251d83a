"""RegisterContainerInstance."""

import json
from typing import Any

import pytest
from registered import register

from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")

RESOURCES = [
    {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
    {"name": "MEMORY", "type": "INTEGER", "integerValue": 24105},
    {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "2375"]},
    {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
]
ATTRIBUTES = [
    {"name": "ecs.capability.full-sync"},
    {"name": "com.amazonaws.ecs.capability.docker-remote-api.1.25"},
    {"name": "ecs.os-type", "value": "linux"},
    {"name": "ecs.cpu-architecture", "value": "x86_64"},
]


def document(instance_type: str = "t3.medium") -> str:
    return json.dumps(
        {
            "instanceId": "i-0123456789abcdef0",
            "instanceType": instance_type,
            "availabilityZone": "us-east-1b",
            "imageId": "ami-1",
            "privateIp": "10.0.0.9",
        }
    )


def join(ecs: Any, **members: Any) -> dict[str, Any]:
    request = {
        "totalResources": RESOURCES,
        "attributes": ATTRIBUTES,
        "instanceIdentityDocument": document(),
        "instanceIdentityDocumentSignature": "",
        **members,
    }
    instance: dict[str, Any] = ecs.register_container_instance(**request)["containerInstance"]
    return instance


def test_CI_10_the_instance_is_active_with_all_it_registered(ecs: Any) -> None:
    instance = join(ecs, tags=[{"key": "a", "value": "b"}])
    prefix, _, identity = instance["containerInstanceArn"].rpartition("/")
    assert prefix == "arn:aws:ecs:us-east-1:123456789012:container-instance/default"
    assert len(identity) == 32
    assert (instance["status"], instance["agentConnected"]) == ("ACTIVE", False)
    assert (instance["runningTasksCount"], instance["pendingTasksCount"]) == (0, 0)
    assert instance["ec2InstanceId"] == "i-0123456789abcdef0"
    assert instance["tags"] == [{"key": "a", "value": "b"}]
    assert instance["registeredResources"] == instance["remainingResources"]
    assert instance["registeredResources"][0] == {
        "name": "CPU",
        "type": "INTEGER",
        "doubleValue": 0.0,
        "longValue": 0,
        "integerValue": 2048,
    }
    assert instance["registeredResources"][3]["stringSetValue"] == []


def test_every_attribute_comes_back_with_its_value_and_the_services_are_added(ecs: Any) -> None:
    custom = {"name": "stack", "value": "prod"}
    instance = join(ecs, attributes=[*ATTRIBUTES, custom])
    for attribute in (*ATTRIBUTES, custom):
        assert attribute in instance["attributes"]
    values = {each["name"]: each.get("value") for each in instance["attributes"]}
    assert values["ecs.availability-zone"] == "us-east-1b"
    assert values["ecs.instance-type"] == "t3.medium"
    assert values["ecs.ami-id"] == "ami-1"


def test_an_external_machine_registers_without_a_document(ecs: Any) -> None:
    external = [*ATTRIBUTES, {"name": "ecs.capability.external"}]
    instance = join(ecs, instanceIdentityDocument="", attributes=external)
    assert "ec2InstanceId" not in instance
    assert "ecs.availability-zone" not in {each["name"] for each in instance["attributes"]}


def test_CI_11_coming_back_keeps_the_arn_and_what_users_set(ecs: Any) -> None:
    custom = {"name": "stack", "value": "prod"}
    first = join(ecs, attributes=[*ATTRIBUTES, custom], tags=[{"key": "a", "value": "b"}])
    arn = first["containerInstanceArn"]
    ecs.put_attributes(attributes=[{"name": "rack", "value": "7", "targetId": arn}])
    smaller = [{"name": "CPU", "type": "INTEGER", "integerValue": 1024}, *RESOURCES[1:]]
    again = join(
        ecs,
        containerInstanceArn=arn,
        totalResources=smaller,
        attributes=[*ATTRIBUTES[1:], {"name": "late", "value": "x"}],
        tags=[{"key": "a", "value": "new"}],
    )
    assert again["containerInstanceArn"] == arn
    assert again["registeredResources"][0]["integerValue"] == 1024
    values = {each["name"]: each.get("value") for each in again["attributes"]}
    assert (values["stack"], values["rack"]) == ("prod", "7")
    assert "ecs.capability.full-sync" not in values
    assert "late" not in values
    assert again["tags"] == [{"key": "a", "value": "b"}]
    assert ecs.list_container_instances()["containerInstanceArns"] == [arn]


def test_CI_12_another_instance_type_is_refused(ecs: Any) -> None:
    arn = join(ecs)["containerInstanceArn"]
    assert refused(
        ecs.register_container_instance,
        containerInstanceArn=arn,
        instanceIdentityDocument=document("m5.large"),
    ) == ("ClientException", "Container instance type changes are not supported.")


def test_CI_14_a_deregistered_instance_does_not_come_back(ecs: Any, server: Any) -> None:
    arn = join(ecs)["containerInstanceArn"]
    ecs.deregister_container_instance(containerInstance=arn)
    identity = arn.rpartition("/")[2]
    refusal = ("ClientException", f"Container instance {identity} is inactive.")
    again = {"containerInstanceArn": arn, "totalResources": RESOURCES, "attributes": ATTRIBUTES}
    assert refused(ecs.register_container_instance, **again) == refusal
    server.advance(3700)
    assert refused(ecs.register_container_instance, **again) == refusal
    assert ecs.list_container_instances()["containerInstanceArns"] == []
    assert join(ecs)["containerInstanceArn"] != arn


def test_CI_15_an_instance_keeps_its_cluster(ecs: Any) -> None:
    arn = join(ecs)["containerInstanceArn"]
    ecs.create_cluster(clusterName="other")
    assert refused(ecs.register_container_instance, cluster="other", containerInstanceArn=arn) == (
        "InvalidParameterException",
        "Identifier is for cluster default. Your cluster is other",
    )


def test_CI_16_the_message_for_an_unknown_cluster_is_the_one_that_agents_look_for(ecs: Any) -> None:
    code, message = refused(ecs.register_container_instance, cluster="none")
    assert code == "ClusterNotFoundException"
    assert "Cluster not found." in message


@pytest.mark.parametrize(
    "wrong",
    [
        {"instanceIdentityDocument": "no JSON"},
        {"containerInstanceArn": "no-arn"},
        {"totalResources": [{"name": "CPU", "type": "INTEGER", "integerValue": -5}]},
        {"totalResources": [{"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["x"]}]},
        {"attributes": [{"name": "bad name"}]},
        {"attributes": [{"name": f"a{number}"} for number in range(11)]},
        {"tags": [{"key": "aws:x", "value": ""}]},
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_registers(
    ecs: Any, wrong: dict[str, Any]
) -> None:
    code, _ = refused(ecs.register_container_instance, **wrong)
    assert code == "InvalidParameterException"
    assert ecs.list_container_instances()["containerInstanceArns"] == []


def test_an_instance_that_shrank_below_its_tasks_takes_no_more(
    ecs: Any, register_instances: Any
) -> None:
    (arn,) = register_instances(memory=200)
    register(ecs)
    ecs.run_task(taskDefinition="web", count=3)
    small = [{"name": "MEMORY", "type": "INTEGER", "integerValue": 100}]
    join(ecs, containerInstanceArn=arn, totalResources=small, instanceIdentityDocument="")
    answer = ecs.run_task(taskDefinition="web")
    assert [each["arn"] for each in answer["failures"]] == [arn]


def test_an_agent_registers_its_own_machine_only(ecs: Any, server: Any) -> None:
    agent = server.client(key=server.INSTANCE)
    assert join(agent)["ec2InstanceId"] == "i-0123456789abcdef0"
    code, _ = refused(
        agent.register_container_instance, instanceIdentityDocument='{"instanceId": "i-other"}'
    )
    assert code == "AccessDeniedException"
    code, _ = refused(agent.register_container_instance, instanceIdentityDocument="")
    assert code == "AccessDeniedException"
    other = join(ecs, instanceIdentityDocument='{"instanceId": "i-other"}')
    code, _ = refused(
        agent.register_container_instance, containerInstanceArn=other["containerInstanceArn"]
    )
    assert code == "AccessDeniedException"

"""Tasks with an interface of their own: RunTask, StartTask, and what DescribeTasks tells."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from networks import DEFINITION, Site, network
from reports import described, running, stopped

from api_server import ApiServer
from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")


@pytest.fixture
def site(server: ApiServer, ecs: Any) -> Site:
    ecs.register_task_definition(**DEFINITION)
    return Site(server, ecs)


def run(ecs: Any, **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = ecs.run_task(
        **{"taskDefinition": "vpc", "networkConfiguration": network(), **members}
    )
    return answer


def attachment(task: dict[str, Any]) -> tuple[str, dict[str, str]]:
    (found,) = task["attachments"]
    assert found["type"] == "ElasticNetworkInterface"
    return found["status"], {each["name"]: each["value"] for each in found["details"]}


def test_attachment_precreated_in_run_response_and_told_to_its_end(
    ecs: Any, server: ApiServer, site: Site
) -> None:
    site.machine()
    (task,) = run(ecs)["tasks"]
    arn = task["taskArn"]
    assert task["lastStatus"] == "PROVISIONING"
    assert attachment(task) == ("PRECREATED", {"subnetId": "subnet-a"})
    assert task["containers"][0]["networkInterfaces"] == []

    server.settle()
    task = described(ecs, arn)
    (eni,) = site.interfaces()
    assert task["lastStatus"] == "PROVISIONING"
    assert attachment(task) == (
        "ATTACHING",
        {
            "subnetId": "subnet-a",
            "networkInterfaceId": eni.network_interface_id,
            "macAddress": eni.mac_address,
            "privateIPv4Address": "10.0.0.4",
            "privateDnsName": "ip-10-0-0-4.ec2.internal",
        },
    )
    identifier = task["attachments"][0]["id"]
    (container,) = task["containers"]
    assert container["networkInterfaces"] == [
        {"attachmentId": identifier, "privateIpv4Address": "10.0.0.4"}
    ]

    site.host_answers()
    task = described(ecs, arn)
    assert (task["lastStatus"], attachment(task)[0]) == ("PENDING", "ATTACHED")

    running(ecs, arn)
    (container,) = described(ecs, arn)["containers"]
    assert container["networkBindings"] == []
    ecs.stop_task(task=arn)
    assert described(ecs, arn)["lastStatus"] == "RUNNING"
    stopped(ecs, arn)
    server.settle()
    task = described(ecs, arn)
    assert (task["lastStatus"], attachment(task)[0]) == ("DEPROVISIONING", "DETACHING")
    assert "stoppedAt" not in task

    site.host_answers()
    task = described(ecs, arn)
    assert (task["lastStatus"], attachment(task)[0]) == ("STOPPED", "DELETED")
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "Task stopped by user")
    assert task["stoppedAt"] >= task["stoppingAt"]
    assert site.interfaces() == []


def test_eni_owned_by_service(ecs: Any, server: ApiServer, site: Site) -> None:
    """NW-10: requester managed; its description names the attachment."""
    site.machine()
    (task,) = run(ecs)["tasks"]
    server.settle()
    (eni,) = site.interfaces()
    assert (eni.requester_id, eni.is_requester_managed) == ("amazon-ecs", True)
    identifier = task["attachments"][0]["id"]
    assert eni.description == f"arn:aws:ecs:us-east-1:123456789012:attachment/default/{identifier}"
    assert len(eni.groups) == 1, "no group named: the VPC's default group"
    site.host_answers()
    ec2 = server.client("ec2")
    (shown,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni.network_interface_id])[
        "NetworkInterfaces"
    ]
    assert (shown["Status"], shown["RequesterManaged"]) == ("in-use", True)
    for wrong in (
        lambda: ec2.detach_network_interface(AttachmentId=shown["Attachment"]["AttachmentId"]),
        lambda: ec2.delete_network_interface(NetworkInterfaceId=eni.network_interface_id),
        lambda: ec2.modify_network_interface_attribute(
            NetworkInterfaceId=eni.network_interface_id, Description={"Value": "mine"}
        ),
    ):
        with pytest.raises(ClientError):
            wrong()
    assert described(ecs, task["taskArn"])["lastStatus"] == "PENDING"


NO_VPC = "Error retrieving subnet information for [subnet-x]: The subnet ID 'subnet-x' does not "
NO_GROUP = (
    "Error retrieving security group information for [sg-x]: The security group 'sg-x' does not "
)


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (None, "Network Configuration must be provided when networkMode 'awsvpc' is specified."),
        (network(subnets=[]), "subnets can not be empty."),
        (network(subnets=[f"subnet-{n}" for n in range(17)]), "subnets can have up to 16 items"),
        (network(securityGroups=["sg-x"] * 2 + list("abcde")), "security groups can have up to 5"),
        (network("subnet-x"), NO_VPC + "exist (ErrorCode: InvalidSubnetID.NotFound)"),
        (network(securityGroups=["sg-x"]), NO_GROUP + "exist (ErrorCode: InvalidGroup.NotFound)"),
        (network("subnet-a", "subnet-z"), "The subnets do not belong to one VPC"),
    ],
)
def test_awsvpc_config(ecs: Any, site: Site, configuration: Any, message: str) -> None:
    """NW-02"""
    site.machine()
    site.subnet("10.9.0.0/24", "subnet-z", vpc_id="vpc-2")
    members = {} if configuration is None else {"networkConfiguration": configuration}
    code, said = refused(ecs.run_task, taskDefinition="vpc", **members)
    assert code == "InvalidParameterException"
    assert said.startswith(message)


def test_ec2_awsvpc_no_public_ip(ecs: Any, site: Site) -> None:
    """NW-03"""
    site.machine()
    public = network(assignPublicIp="ENABLED")
    assert refused(run, ecs=ecs, networkConfiguration=public) == (
        "InvalidParameterException",
        "Assign public IP is not supported for this launch type.",
    )
    assert run(ecs, networkConfiguration=network(assignPublicIp="DISABLED"))["tasks"]


def test_bad_network(ecs: Any, site: Site) -> None:
    """TK-26, of StartTask: nothing is started."""
    instance = site.machine()
    code, said = refused(
        ecs.start_task,
        taskDefinition="vpc",
        containerInstances=[instance],
        networkConfiguration=network("subnet-a", "subnet-x"),
    )
    assert code == "InvalidParameterException"
    assert said == (
        "Error retrieving subnet information for [subnet-a, subnet-x]: The subnet ID 'subnet-x' "
        "does not exist (ErrorCode: InvalidSubnetID.NotFound)"
    )
    assert ecs.list_tasks()["taskArns"] == []


def test_a_network_configuration_is_for_awsvpc_only(ecs: Any, site: Site) -> None:
    bridge = {**DEFINITION, "family": "bridge", "networkMode": "bridge"}
    ecs.register_task_definition(**bridge)
    site.machine()
    assert refused(run, ecs=ecs, taskDefinition="bridge") == (
        "InvalidParameterException",
        "Network Configuration is not valid for the given networkMode of this task definition.",
    )


def test_eni_limit_is_placement_resource(ecs: Any, site: Site) -> None:
    """NW-11: a t3.medium has three interfaces, one of them its own."""
    instance = site.machine("t3.medium")
    answer = run(ecs, count=3)
    assert len(answer["tasks"]) == 2
    assert answer["failures"] == [{"arn": instance, "reason": "RESOURCE:ENI"}]
    answer = ecs.start_task(
        taskDefinition="vpc", containerInstances=[instance], networkConfiguration=network()
    )
    assert answer["failures"] == [{"arn": instance, "reason": "RESOURCE:ENI"}]


def test_an_interface_is_taken_until_it_is_deleted(ecs: Any, server: ApiServer, site: Site) -> None:
    site.machine("t3.medium")
    one, _ = run(ecs, count=2)["tasks"]
    ecs.stop_task(task=one["taskArn"])
    server.settle()
    assert run(ecs)["failures"][0]["reason"] == "RESOURCE:ENI"
    site.host_answers()
    assert described(ecs, one["taskArn"])["lastStatus"] == "STOPPED"
    assert len(run(ecs)["tasks"]) == 1


def test_task_az_of_subnet(ecs: Any, site: Site) -> None:
    """NW-13"""
    a = site.machine(zone="a")
    b = site.machine(zone="b")
    answer = run(ecs, networkConfiguration=network("subnet-b"))
    assert answer["tasks"][0]["containerInstanceArn"] == b
    assert attachment(answer["tasks"][0]) == ("PRECREATED", {"subnetId": "subnet-b"})
    answer = ecs.start_task(
        taskDefinition="vpc",
        containerInstances=[a],
        networkConfiguration=network("subnet-b"),
    )
    assert answer["failures"] == [{"arn": a, "reason": "LOCATION"}]


def test_an_instance_that_cannot_do_it_lacks_an_attribute(ecs: Any, site: Site) -> None:
    instance = site.machine("t3.medium", "a", "ecs.capability.other")
    assert run(ecs)["failures"] == [{"arn": instance, "reason": "ATTRIBUTE"}]


def test_trunking_rules(ecs: Any, site: Site) -> None:
    """NW-12: only instances that register after the setting was enabled, and that can."""
    before = site.machine("c5.large", "a", "ecs.capability.task-eni-trunking")
    ecs.put_account_setting_default(name="awsvpcTrunking", value="enabled")
    can = ("ecs.capability.task-eni", "ecs.capability.task-eni-trunking")
    trunked = site.machine("c5.large", "a", *can)
    small = site.machine("t3.medium", "a", *can)
    untold = site.machine("c5.large", "a", "ecs.capability.task-eni")

    def trunk(instance: str) -> str | None:
        found = ecs.list_attributes(
            cluster="default",
            targetType="container-instance",
            attributeName="ecs.awsvpc-trunk-id",
        )["attributes"]
        return next((each["value"] for each in found if each["targetId"] == instance), None)

    assert [bool(trunk(each)) for each in (before, trunked, small, untold)] == [
        False,
        True,
        False,
        False,
    ]
    starts = [
        ecs.start_task(
            taskDefinition="vpc", containerInstances=[trunked], networkConfiguration=network()
        )
        for _ in range(11)
    ]
    assert sum(len(each["tasks"]) for each in starts) == 10
    assert starts[-1]["failures"] == [{"arn": trunked, "reason": "RESOURCE:ENI"}]


def test_a_device_that_does_not_come_fails_the_task(
    ecs: Any, server: ApiServer, site: Site
) -> None:
    site.machine()
    (task,) = run(ecs)["tasks"]
    server.settle()
    server.advance(299)
    assert described(ecs, task["taskArn"])["lastStatus"] == "PROVISIONING"
    server.advance(2)
    site.host_answers()
    task = described(ecs, task["taskArn"])
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"] == (
        "Timeout waiting for network interface provisioning to complete."
    )
    assert attachment(task)[0] == "DELETED"
    assert site.interfaces() == []


def test_what_a_machine_cannot_do_is_told(ecs: Any, site: Site) -> None:
    site.machine()
    (task,) = run(ecs)["tasks"]
    site.host_fails("no more devices")
    task = described(ecs, task["taskArn"])
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"].startswith("Unexpected EC2 error while attempting to attach")
    assert task["stoppedReason"].endswith(": no more devices")
    assert task["containers"][0]["lastStatus"] == "STOPPED"
    assert site.interfaces() == []


def test_a_subnet_without_a_free_address_fails_the_task(
    ecs: Any, server: ApiServer, site: Site
) -> None:
    site.subnet("10.0.8.0/28", "subnet-small")
    site.machine("c5.4xlarge")
    site.machine("c5.4xlarge")
    small = network("subnet-small")
    tasks = [run(ecs, networkConfiguration=small)["tasks"][0] for _ in range(12)]
    server.settle()
    shown = ecs.describe_tasks(tasks=[each["taskArn"] for each in tasks])["tasks"]
    (failed,) = [each for each in shown if each["lastStatus"] == "STOPPED"]
    assert failed["stopCode"] == "TaskFailedToStart"
    assert failed["stoppedReason"] == (
        "Unexpected EC2 error while attempting to Create Network Interface in subnet "
        "'subnet-small': InsufficientFreeAddressesInSubnet"
    )
    assert len(site.interfaces()) == 11


def test_an_agent_may_confirm_the_attachment(ecs: Any, server: ApiServer, site: Site) -> None:
    site.machine()
    one, two = run(ecs, count=2)["tasks"]
    server.settle()

    def arn_of(task: dict[str, Any]) -> str:
        identifier = task["attachments"][0]["id"]
        return f"arn:aws:ecs:us-east-1:123456789012:attachment/default/{identifier}"

    ecs.submit_task_state_change(
        task=one["taskArn"],
        attachments=[{"attachmentArn": arn_of(one), "status": "ATTACHED"}],
    )
    assert described(ecs, one["taskArn"])["lastStatus"] == "PENDING"
    ecs.submit_attachment_state_changes(
        attachments=[{"attachmentArn": arn_of(two), "status": "ATTACHED"}]
    )
    assert described(ecs, two["taskArn"])["lastStatus"] == "PENDING"
    assert {each.status for each in site.interfaces()} == {"in-use"}


@pytest.mark.parametrize("is_attached", [False, True])
def test_a_task_that_never_began_gives_its_interface_back(
    ecs: Any, server: ApiServer, site: Site, *, is_attached: bool
) -> None:
    site.machine()
    (task,) = run(ecs)["tasks"]
    server.settle()
    if is_attached:
        site.host_answers()
    ecs.stop_task(task=task["taskArn"], reason="no")
    server.settle()
    shown = described(ecs, task["taskArn"])
    if is_attached:
        assert shown["lastStatus"] == "PENDING", "its agent may have it"
        stopped(ecs, task["taskArn"])
    site.host_answers()
    shown = described(ecs, task["taskArn"])
    assert (shown["lastStatus"], shown["stoppedReason"]) == ("STOPPED", "no")
    assert site.interfaces() == []


def test_awsvpc_enis_deleted(ecs: Any, server: ApiServer, site: Site) -> None:
    """CI-67: the interfaces of tasks that a forced deregistration orphans go, too."""
    instance = site.machine()
    (task,) = run(ecs)["tasks"]
    site.host_answers()
    running(ecs, task["taskArn"])
    ecs.deregister_container_instance(containerInstance=instance, force=True)
    server.settle()
    shown = described(ecs, task["taskArn"])
    assert (shown["lastStatus"], attachment(shown)[0]) == ("STOPPED", "DETACHING")
    site.host_answers()
    assert attachment(described(ecs, task["taskArn"]))[0] == "DELETED"
    assert site.interfaces() == []

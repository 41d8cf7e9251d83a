"""Networks of awsvpc tasks: asked for at admission, joined by all, gone before STOPPED."""

from typing import Any

import msgspec
import pytest
from engine_driver import SETTINGS, Driver, arn, container, stop, task

from roadstead.agent.engine import instructions as ask
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.runtime.port import Found, TaskNetwork

ENI: dict[str, Any] = {
    "attachmentArn": "arn:aws:ecs:us-east-1:123456789012:attachment/proto/11111111",
    "ec2Id": "eni-0123456789abcdef0",
    "macAddress": "0A:58:0a:64:00:0a",
    "ipv4Addresses": [
        {"privateAddress": "10.100.0.11"},
        {"primary": True, "privateAddress": "10.100.0.10"},
    ],
    "subnetGatewayIpv4Address": "10.100.0.1/20",
    "domainNameServers": ["10.100.0.2"],
    "domainName": ["ec2.internal"],
    "privateDnsName": "ip-10-100-0-10.ec2.internal",
}


def awsvpc(*containers: dict[str, Any], eni: dict[str, Any] | None = None) -> dict[str, Any]:
    return task(
        "t1", *containers, networkMode="awsvpc", elasticNetworkInterfaces=[ENI | (eni or {})]
    )


def test_a_network_is_made_while_images_are_pulled_and_containers_made() -> None:
    d = Driver()
    d.holds.add("network")
    d.run(awsvpc(container("web"), container("side")))
    assert d.of(ask.PrepareNetwork) == [
        ask.PrepareNetwork(
            arn("t1"),
            TaskNetwork(
                mac_address="0a:58:0a:64:00:0a",
                address="10.100.0.10",
                prefix_length=20,
                gateway="10.100.0.1",
            ),
        )
    ]
    assert len(d.of(ask.Create)) == 2
    assert d.of(ask.Start) == []
    d.feed(tell.NetworkPrepared(arn("t1")))
    d.obey()
    assert len(d.of(ask.Start)) == 2
    assert d.status() == "RUNNING"


def test_awsvpc_containers_share_one_network_and_its_names() -> None:
    d = Driver()
    d.run(awsvpc(container("web"), container("side")))
    for create in d.of(ask.Create):
        spec = create.spec
        assert (spec.network_mode, spec.address) == ("awsvpc", "10.100.0.10")
        assert spec.hostname == "ip-10-100-0-10.ec2.internal"
        assert (spec.dns_servers, spec.dns_search) == (("10.100.0.2",), ("ec2.internal",))
        assert spec.port_mappings == ()
    assert len(d.of(ask.PrepareNetwork)) == 1


def test_a_task_is_stopped_once_its_network_is_gone() -> None:
    d = Driver()
    d.run(awsvpc())
    d.receive(stop())
    asked = d.exit("app", 143)
    assert asked == [ask.ReleaseNetwork(arn("t1"))]
    assert d.status() == "RUNNING"
    d.obey()
    assert d.status() == "STOPPED"
    assert d.shown()[-1] == ("STOPPED", [("app", "STOPPED", 143)])
    kinds = [type(each) for each in d.asked]
    assert kinds.index(ask.ReleaseNetwork) < kinds.index(ask.Remove)


def test_a_task_that_is_stopped_while_its_network_is_made_gives_it_back() -> None:
    d = Driver()
    d.holds |= {"network", "app"}
    d.run(awsvpc())
    d.receive(stop())
    d.feed(tell.NetworkFailed(arn("t1"), "ContainerNetworkingError", "given up"))
    d.obey()
    assert d.of(ask.ReleaseNetwork) == [ask.ReleaseNetwork(arn("t1"))]
    assert d.status() == "STOPPED"
    assert d.reports[-1].reason == ""


def test_a_network_that_cannot_be_made_ends_its_task() -> None:
    d = Driver()
    d.holds.add("network")
    d.run(awsvpc())
    d.feed(tell.NetworkFailed(arn("t1"), "ContainerNetworkingError", "no device"))
    d.obey()
    assert d.status() == "STOPPED"
    assert d.reports[-1].reason == "ContainerNetworkingError: no device"
    assert d.of(ask.Start) == []
    assert len(d.of(ask.Remove)) == 1


def test_a_restarted_agent_takes_up_what_was_under_way() -> None:
    d = Driver()
    d.holds |= {"network", "app"}
    d.run(awsvpc())
    again = d.restarted()
    assert len(again.of(ask.PrepareNetwork)) == 1
    again.obey()
    assert again.status() == "RUNNING"
    again.receive(stop())
    again.exit("app", 143)
    once_more = again.restarted()
    assert once_more.of(ask.ReleaseNetwork) == [ask.ReleaseNetwork(arn("t1"))]
    once_more.obey()
    assert once_more.status() == "STOPPED"


def test_a_restarted_agent_makes_sure_of_a_network_that_containers_shall_still_join() -> None:
    waits = container("side", dependsOn=[{"containerName": "web", "condition": "COMPLETE"}])
    d = Driver()
    d.run(awsvpc(container("web", essential=False), waits))
    running = Found(d.id_of("web"), "running", d.started())
    again = d.restarted(running)
    assert len(again.of(ask.PrepareNetwork)) == 1
    again.obey()
    again.exit("web", 0)
    again.obey()
    assert again.name_of(again.of(ask.Start)[-1].container_id) == "side"


def test_a_restarted_agent_leaves_the_network_of_a_running_task_alone() -> None:
    d = Driver()
    d.run(awsvpc())
    again = d.restarted(Found(d.id_of("app"), "running", d.started()))
    assert again.of(ask.PrepareNetwork) == []
    assert again.of(ask.ReleaseNetwork) == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"elasticNetworkInterfaces": []}, "needs an elastic network interface"),
        ({"elasticNetworkInterfaces": [ENI, ENI]}, "more than one"),
        (
            {
                "elasticNetworkInterfaces": [
                    ENI
                    | {
                        "interfaceAssociationProtocol": "vlan",
                        "interfaceVlanProperties": {
                            "vlanId": "1",
                            "trunkInterfaceMacAddress": "0a:00:00:00:00:01",
                        },
                    }
                ]
            },
            "through a trunk",
        ),
        (
            {
                "elasticNetworkInterfaces": [
                    ENI
                    | {
                        "ipv4Addresses": [],
                        "ipv6Addresses": [{"address": "fd00::2"}],
                        "subnetGatewayIpv6Address": "fd00::1/64",
                    }
                ]
            },
            "needs an IPv4 address",
        ),
    ],
)
def test_an_interface_that_this_agent_cannot_configure_is_refused(
    changes: dict[str, Any], why: str
) -> None:
    d = Driver()
    d.run(task("t1", networkMode="awsvpc", **changes))
    assert d.status() == "STOPPED"
    assert why in d.reports[-1].reason
    assert d.of(ask.Acknowledge)


def test_the_instances_own_interface_is_no_tasks() -> None:
    d = Driver(msgspec.structs.replace(SETTINGS, mac_address="0a:58:0a:64:00:0a"))
    d.run(awsvpc())
    assert d.status() == "STOPPED"
    assert "is the instance's own" in d.reports[-1].reason


def test_an_interface_that_makes_no_sense_makes_its_task_unreadable() -> None:
    d = Driver()
    d.run(awsvpc(eni={"subnetGatewayIpv4Address": "10.100.0.1"}))
    assert d.status() == "STOPPED"
    assert d.reports[-1].reason.startswith("UnrecogniedTaskError: Error loading task - eni eni-01")
    assert d.of(ask.Acknowledge) == []

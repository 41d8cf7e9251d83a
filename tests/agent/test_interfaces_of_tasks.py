"""Interfaces as the whole agent sees them, on virtual time: awsvpc tasks, and attachments."""

import asyncio
from typing import Any

from fake_runtime import FakeRuntime
from stand_in import AgentProcess, ControlPlane, arn, stop, task, virtually

from roadstead.agent.runtime.port import RuntimeFailure, TaskNetwork
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.messages.network_interface import (
    ElasticNetworkInterface,
    Ipv4Address,
)
from roadstead.agent_protocol.server_session import MessageAcknowledged, SendMessage

MAC = "0a:58:0a:64:00:0a"
ATTACHMENT = "arn:aws:ecs:us-east-1:123456789012:attachment/proto/11111111"
ENI = ElasticNetworkInterface(
    attachment_arn=ATTACHMENT,
    ec2_id="eni-0123456789abcdef0",
    mac_address=MAC.upper(),
    ipv4_addresses=(Ipv4Address(primary=True, private_address="10.100.0.10"),),
    subnet_gateway_ipv4_address="10.100.0.1/24",
)
INTERFACE = {
    "ec2Id": "eni-0123456789abcdef0",
    "macAddress": MAC.upper(),
    "ipv4Addresses": [{"primary": True, "privateAddress": "10.100.0.10"}],
    "subnetGatewayIpv4Address": "10.100.0.1/24",
}


def awsvpc(name: str) -> dict[str, Any]:
    return task(name) | {"networkMode": "awsvpc", "elasticNetworkInterfaces": [INTERFACE]}


@virtually
async def test_an_awsvpc_task_runs_in_its_network_and_is_stopped_once_that_is_gone(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    runtime.network_seconds = 0.5
    agent.start()
    await asyncio.sleep(1)
    await plane.send(awsvpc("web"))
    await asyncio.sleep(0.4)
    assert runtime.names() == []
    await asyncio.sleep(0.2)
    assert runtime.networks[arn("web")] == TaskNetwork(
        mac_address=MAC, address="10.100.0.10", prefix_length=24, gateway="10.100.0.1"
    )
    assert runtime.names() == ["web"]
    assert plane.statuses(arn("web")) == ["RUNNING"]
    assert "networkBindings" not in plane.reports[0]["containers"][0]
    await plane.send(stop("web"))
    await asyncio.sleep(0.4)
    assert plane.statuses(arn("web")) == ["RUNNING"]
    await asyncio.sleep(0.2)
    assert plane.statuses(arn("web")) == ["RUNNING", "STOPPED"]
    assert runtime.networks == {}
    await agent.stop()


@virtually
async def test_a_task_whose_interface_does_not_come_ends_and_says_why(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    runtime.failing["prepare_network"] = RuntimeFailure("ContainerNetworkingError", "no device")
    agent.start()
    await asyncio.sleep(1)
    await plane.send(awsvpc("web"))
    await asyncio.sleep(1)
    assert plane.statuses(arn("web")) == ["STOPPED"]
    assert plane.reports[0]["reason"] == "ContainerNetworkingError: no device"
    assert ("release_network", arn("web")) in runtime.steps
    assert runtime.specs == {}
    await agent.stop()


@virtually
async def test_wherever_an_agent_is_killed_its_awsvpc_tasks_run_and_end(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    runtime.pull_seconds, runtime.create_seconds, runtime.start_seconds = 0.1, 0.3, 0.2
    runtime.network_seconds = 0.35
    agent.start()
    await asyncio.sleep(1)
    names = [f"t{n}" for n in range(18)]
    for n, name in enumerate(names):
        await plane.send(awsvpc(name))
        await asyncio.sleep(n * 0.05)
        await agent.kill()
        agent.start()
        await asyncio.sleep(2)
    assert sorted(runtime.names()) == sorted(names)
    assert runtime.created_most == {}
    assert sorted(runtime.networks) == sorted(arn(name) for name in names)
    for n, name in enumerate(names):
        await plane.send(stop(name))
        await asyncio.sleep(n * 0.05)
        await agent.kill()
        agent.start()
        await asyncio.sleep(2)
    await asyncio.sleep(60)
    assert {plane.statuses(arn(name))[-1] for name in names} == {"STOPPED"}
    assert runtime.networks == {}
    assert runtime.specs == {}
    await agent.stop()


def attach(kind: Any = acs.AttachTaskNetworkInterfacesMessage, **members: Any) -> SendMessage:
    return SendMessage(
        kind(
            message_id="attach",
            cluster_arn="c",
            container_instance_arn="i",
            wait_timeout_ms=10_000,
            elastic_network_interfaces=(ENI,),
            **members,
        )
    )


@virtually
async def test_an_attached_interface_is_acknowledged_and_told_once_its_device_is_there(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.feed(attach(task_arn=arn("web")))
    await plane.feed(attach(task_arn=arn("web")))
    await asyncio.sleep(5)
    assert plane.told.count(MessageAcknowledged("attach")) == 2
    assert plane.reports == []
    runtime.devices.add(MAC)
    await asyncio.sleep(1)
    assert plane.reports == [
        {
            "cluster": "proto",
            "task": arn("web"),
            "attachments": [{"attachmentArn": ATTACHMENT, "status": "ATTACHED"}],
        }
    ]
    await agent.stop()


@virtually
async def test_an_interface_of_the_instance_is_told_by_itself(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    runtime.devices.add(MAC)
    agent.start()
    await asyncio.sleep(1)
    await plane.feed(attach(acs.AttachInstanceNetworkInterfacesMessage))
    await asyncio.sleep(1)
    told = [r for o, r in plane.calls if o == "SubmitAttachmentStateChanges"]
    assert told == [
        {
            "cluster": "proto",
            "attachments": [{"attachmentArn": ATTACHMENT, "status": "ATTACHED"}],
        }
    ]
    await agent.stop()


@virtually
async def test_an_interface_that_comes_too_late_is_not_told(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.feed(attach(task_arn=arn("web")))
    await asyncio.sleep(11)
    runtime.devices.add(MAC)
    await asyncio.sleep(60)
    assert plane.reports == []
    await agent.stop()


@virtually
async def test_an_agent_that_was_killed_still_waits_for_what_it_acknowledged(
    plane: ControlPlane, runtime: FakeRuntime, agent: AgentProcess
) -> None:
    agent.start()
    await asyncio.sleep(1)
    await plane.feed(attach(task_arn=arn("web")))
    await asyncio.sleep(1)
    await agent.kill()
    runtime.devices.add(MAC)
    agent.start()
    await asyncio.sleep(1)
    assert [r["attachments"][0]["status"] for r in plane.reports] == ["ATTACHED"]
    await agent.kill()
    agent.start()
    await asyncio.sleep(20)
    assert len(plane.reports) == 1
    await agent.stop()

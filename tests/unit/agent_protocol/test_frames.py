"""Frames are exactly what AWS's agent and control plane put on the wire."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from roadstead.agent_protocol import frames
from roadstead.agent_protocol.messages import acs, tcs
from roadstead.agent_protocol.messages.network_interface import primary_address

ACK = (
    '{"type":"AckRequest","message":{"cluster":"arn:aws:ecs:us-east-1:123456789012:cluster/proto",'
    '"containerInstance":"arn:aws:ecs:us-east-1:123456789012:container-instance/proto/d773",'
    '"messageId":"7e7ec37a"}}'
)


def test_an_acknowledgement_is_spelled_as_the_agent_spells_it() -> None:
    message = acs.AckRequest(
        cluster="arn:aws:ecs:us-east-1:123456789012:cluster/proto",
        container_instance="arn:aws:ecs:us-east-1:123456789012:container-instance/proto/d773",
        message_id="7e7ec37a",
    )
    assert frames.encode(message) == ACK
    assert frames.decode_acs_from_agent(ACK) == message


def test_unknown_members_are_ignored() -> None:
    text = '{"type":"HeartbeatMessage","message":{"messageId":"m","healthy":true,"new":1},"x":2}'
    assert frames.decode_acs_from_server(text) == acs.HeartbeatMessage(message_id="m", healthy=True)


def test_an_unknown_type_is_told_apart_from_a_broken_frame() -> None:
    with pytest.raises(frames.UnknownMessageType):
        frames.decode_acs_from_server('{"type":"Surprise","message":{}}')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type":7}',
        '{"type":"PayloadMessage","message":{"messageId":"m","clusterArn":"c"}}',
        '{"type":"PayloadMessage","message":{"messageId":"m","clusterArn":"c",'
        '"containerInstanceArn":"i","seqNum":"1"}}',
        '{"type":"PayloadMessage","message":[]}',
        '{"type":"PayloadMessage"}',
    ],
)
def test_a_frame_with_a_missing_member_or_a_wrong_type_is_refused_whole(text: str) -> None:
    with pytest.raises(frames.FrameError):
        frames.decode_acs_from_server(text)


def test_payload_tasks_stay_encoded_so_that_one_bad_task_hides_no_other() -> None:
    text = (
        '{"type":"PayloadMessage","message":{"messageId":"m","clusterArn":"c",'
        '"containerInstanceArn":"i","seqNum":1,"tasks":[{"arn":7},{"arn":"a"}]}}'
    )
    message = frames.decode_acs_from_server(text)
    assert isinstance(message, acs.PayloadMessage)
    assert [bytes(task) for task in message.tasks] == [b'{"arn":7}', b'{"arn":"a"}']


METRICS = (
    '{"type":"PublishMetricsRequest","message":{"metadata":{"cluster":"proto","containerInstance":'
    '"i","fin":true,"idle":false,"messageId":"598b"},"taskMetrics":[{"taskArn":"t",'
    '"taskDefinitionFamily":"multi","taskDefinitionVersion":"1","containerMetrics":[{'
    '"containerName":"db","cpuStatsSet":{"max":1.188,"min":0,"sampleCount":18,"sum":3.284},'
    '"memoryStatsSet":{"max":0,"min":0,"sampleCount":19,"sum":0},"networkStatsSet":{"rxBytes":'
    '{"max":1399,"min":200,"overflowMax":0,"sampleCount":19,"sum":18782}},"storageStatsSet":{}}'
    ']}],"timestamp":1795288265.75}}'
)
HEALTH = (
    '{"type":"PublishHealthRequest","message":{"metadata":{"cluster":"proto","containerInstance":'
    '"i","fin":true,"messageId":"b368"},"tasks":[{"taskArn":"t","taskDefinitionFamily":"multi",'
    '"taskDefinitionVersion":"1","containers":[{"containerName":"db","healthStatus":"HEALTHY",'
    '"statusSince":1795288252.504}]}],"timestamp":1795288265.75}}'
)
STATUS = (
    '{"type":"PublishInstanceStatusRequest","message":{"metadata":{"cluster":"proto",'
    '"containerInstance":"i","requestId":"b3d2"},"statuses":[{"lastStatusChange":1795288125.762,'
    '"lastUpdated":1795288125.749,"status":"OK","type":"ContainerRuntime"}],'
    '"timestamp":1795288145.763}}'
)


def test_recorded_telemetry_is_read() -> None:
    metrics = frames.decode_tcs_from_agent(METRICS)
    assert isinstance(metrics, tcs.PublishMetricsRequest)
    cpu = metrics.task_metrics[0].container_metrics[0].cpu_stats_set
    assert cpu == tcs.StatsSet(max=1.188, min=0.0, sample_count=18, sum=3.284)
    health = frames.decode_tcs_from_agent(HEALTH)
    assert isinstance(health, tcs.PublishHealthRequest)
    assert health.tasks[0].containers[0].health_status == "HEALTHY"
    status = frames.decode_tcs_from_agent(STATUS)
    assert isinstance(status, tcs.PublishInstanceStatusRequest)
    assert status.statuses[0].status == "OK"


def test_every_message_survives_its_own_spelling() -> None:
    for text in (METRICS, HEALTH, STATUS):
        message = frames.decode_tcs_from_agent(text)
        assert frames.decode_tcs_from_agent(frames.encode(message)) == message
    assert msgspec.json.decode(frames.encode(tcs.AckPublishMetric(message="ok"))) == {
        "type": "AckPublishMetric",
        "message": {"message": "ok"},
    }


@pytest.mark.parametrize("decode", [frames.decode_acs_from_agent, frames.decode_tcs_from_agent])
@pytest.mark.parametrize("kind", ["HeartbeatAckRequest", "PublishMetricsRequest", "Other"])
def test_a_frame_that_is_nested_too_deeply_is_refused(
    decode: Callable[[str], object], kind: str
) -> None:
    deep = '{"metadata":' * 100_000 + "1" + "}" * 100_000
    with pytest.raises(frames.FrameError):
        decode(f'{{"type":"{kind}","message":{deep}}}')


ENI = {
    "attachmentArn": "arn:aws:ecs:us-east-1:123456789012:attachment/11111111",
    "ec2Id": "eni-0123456789abcdef0",
    "macAddress": "0a:58:0a:64:00:0a",
    "ipv4Addresses": [{"primary": True, "privateAddress": "10.100.0.10"}],
    "subnetGatewayIpv4Address": "10.100.0.1/24",
    "domainNameServers": ["10.100.0.2"],
    "domainName": ["ec2.internal"],
    "privateDnsName": "ip-10-100-0-10.ec2.internal",
    "interfaceAssociationProtocol": "default",
    "index": 0,
}
ATTACH: dict[str, Any] = {
    "messageId": "m",
    "clusterArn": "c",
    "containerInstanceArn": "i",
    "taskArn": "t",
    "waitTimeoutMs": 1000,
    "elasticNetworkInterfaces": [ENI],
}


def attach(kind: str = "AttachTaskNetworkInterfacesMessage", **changes: Any) -> str:
    return json.dumps({"type": kind, "message": ATTACH | changes})


def test_interfaces_to_be_attached_are_read_as_they_are_sent() -> None:
    message = frames.decode_acs_from_server(attach())
    assert isinstance(message, acs.AttachTaskNetworkInterfacesMessage)
    (eni,) = message.elastic_network_interfaces
    assert primary_address(eni) == "10.100.0.10"
    assert eni.subnet_gateway_ipv4_address == "10.100.0.1/24"
    other = frames.decode_acs_from_server(attach("AttachInstanceNetworkInterfacesMessage"))
    assert isinstance(other, acs.AttachInstanceNetworkInterfacesMessage)
    assert other.elastic_network_interfaces == (eni,)


@pytest.mark.parametrize(
    "changes",
    [
        {"messageId": ""},
        {"clusterArn": ""},
        {"containerInstanceArn": ""},
        {"taskArn": ""},
        {"waitTimeoutMs": 0},
        {"waitTimeoutMs": "1000"},
        {"elasticNetworkInterfaces": []},
        {"elasticNetworkInterfaces": [ENI | {"ec2Id": ""}]},
        {"elasticNetworkInterfaces": [ENI | {"macAddress": "0a:58"}]},
        {"elasticNetworkInterfaces": [ENI | {"ipv4Addresses": []}]},
        {"elasticNetworkInterfaces": [ENI | {"ipv4Addresses": [{"privateAddress": "x"}]}]},
        {"elasticNetworkInterfaces": [ENI | {"subnetGatewayIpv4Address": "10.100.0.1"}]},
        {"elasticNetworkInterfaces": [ENI | {"interfaceAssociationProtocol": "vlan"}]},
        {"elasticNetworkInterfaces": [ENI | {"interfaceAssociationProtocol": "other"}]},
    ],
)
def test_interfaces_that_say_too_little_are_refused_whole(changes: dict[str, Any]) -> None:
    with pytest.raises(frames.FrameError):
        frames.decode_acs_from_server(attach(**changes))

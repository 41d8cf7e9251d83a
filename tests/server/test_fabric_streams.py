"""GET /fabric over HTTP, and what machines report of interfaces."""

import http.client
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from test_control import call

from api_server import ApiServer
from given import SCOPE, a_call, a_security_group
from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.ec2.records.network import (
    NETWORK_INTERFACES,
    SECURITY_GROUPS,
    SUBNETS,
    NetworkInterface,
    Permission,
    Subnet,
    ec2_arn,
)
from roadstead.ec2.transitions import network_interfaces
from roadstead.ec2.transitions.security_groups import put_permissions
from roadstead.ids import SystemIds
from roadstead.keys import Key
from roadstead.server import fabric_streams
from roadstead.state.view import Tx

PATIENCE_SECONDS = 20
INSTANCE_ID = "i-0123456789abcdef0"


class FabricReader:
    """One stream. `key` None: unsigned."""

    def __init__(self, server: ApiServer, key: Key | None, method: str = "GET") -> None:
        host = server.endpoint.removeprefix("http://")
        self.connection = http.client.HTTPConnection(host, timeout=PATIENCE_SECONDS)
        request = HttpRequest(method, "/fabric", "", {"host": host}, b"")
        added = {}
        if key is not None:
            credentials = Credentials(key.access_key_id, key.secret_access_key)
            added = sign(request, credentials, "us-east-1", "roadstead", datetime.now(UTC))
        self.connection.request(method, "/fabric", headers={**request.headers, **added})
        self.response = self.connection.getresponse()

    def lot(self) -> list[tuple[str, str, Any]]:
        """What is told up to the next `in-sync`; signs of life do not count."""
        items: list[tuple[str, str, Any]] = []
        while True:
            line = json.loads(self.response.readline())
            if line["kind"] != "in-sync":
                items.append((line["kind"], line["key"], line["value"]))
            elif items:
                return items

    def close(self) -> None:
        self.connection.close()
        self.response.close()


@pytest.fixture
def reader(server: ApiServer) -> Iterator[FabricReader]:
    one = FabricReader(server, server.HOST)
    yield one
    one.close()


def a_subnet_of(server: ApiServer) -> Subnet:
    found: Subnet = server.update(lambda tx: min(tx.all(SUBNETS), key=lambda one: one.cidr))
    return found


def an_interface(server: ApiServer, status: str = "attaching") -> NetworkInterface:
    """An interface of ECS's on its way to an instance, or further on."""
    subnet = a_subnet_of(server)

    def make(tx: Tx) -> NetworkInterface:
        circumstances = a_call(ids=SystemIds())
        eni = network_interfaces.create_interface(
            tx, circumstances, subnet=subnet, groups=(), description="", requester_id="amazon-ecs"
        )
        eni = network_interfaces.attach_interface(tx, circumstances, eni, INSTANCE_ID)
        if status != "attaching":
            eni = network_interfaces.interface_attached(tx, circumstances, eni)
        if status == "detaching":
            eni = network_interfaces.detach_interface(tx, circumstances, eni)
        return eni

    made: NetworkInterface = server.update(make)
    return made


def now(server: ApiServer, eni: NetworkInterface) -> NetworkInterface:
    found: NetworkInterface = server.update(lambda tx: tx.must(NETWORK_INTERFACES, eni.arn))
    return found


def report(server: ApiServer, eni: NetworkInterface, state: str, **fields: str) -> int:
    told = {"networkInterfaceId": eni.network_interface_id, "state": state, **fields}
    status, _ = call(server, server.HOST, "SubmitInterfaceStates", states=[told])
    return status


def test_everything_comes_first_and_then_what_changes(
    server: ApiServer, reader: FabricReader
) -> None:
    kinds = [kind for kind, _, _ in reader.lot()]
    assert sorted(kinds) == ["security-group", "vpc", "zone", "zone"]
    eni = an_interface(server)
    (interface, name) = sorted(reader.lot())
    assert interface[:2] == ("interface", eni.network_interface_id)
    assert interface[2]["attachment"]["status"] == "attaching"
    assert name[2]["records"] == [eni.private_ip_address]
    group = server.update(lambda tx: next(iter(tx.all(SECURITY_GROUPS))))
    rule = Permission(rule_id="sgr-1", cidr="10.0.0.0/8")
    server.update(lambda tx: put_permissions(tx, group, (rule,)))
    ((kind, _, value),) = reader.lot()
    assert kind == "security-group"
    assert [each["cidr"] for each in value["permissions"]] == ["10.0.0.0/8"]
    server.update(lambda tx: network_interfaces.delete_interface(tx, a_call(), eni))
    assert sorted(reader.lot()) == [
        ("interface", eni.network_interface_id, None),
        ("name", f"interface/{eni.network_interface_id}", None),
    ]


def test_a_change_of_something_else_is_not_told(server: ApiServer, reader: FabricReader) -> None:
    reader.lot()
    server.client().create_cluster(clusterName="other")
    group = a_security_group("elsewhere", scope="123456789012/eu-west-1")
    server.update(lambda tx: tx.put(SECURITY_GROUPS, group))
    eni = an_interface(server)
    assert {key for _, key, _ in reader.lot()} == {
        eni.network_interface_id,
        f"interface/{eni.network_interface_id}",
    }


def test_hosts_and_root_may_read_it_and_agents_may_not(server: ApiServer) -> None:
    told = {}
    for key in (server.ROOT, server.HOST, server.INSTANCE, None):
        one = FabricReader(server, key)
        told[key and key.kind] = one.response.status
        one.close()
    assert told == {"root": 200, "host": 200, "instance": 400, None: 400}


def test_it_is_only_read(server: ApiServer) -> None:
    one = FabricReader(server, server.HOST, "POST")
    assert one.response.status == 405
    one.close()


def test_there_are_only_so_many_streams(server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fabric_streams, "STREAMS_MAX", 1)
    first = FabricReader(server, server.HOST)
    first.lot()
    second = FabricReader(server, server.HOST)
    assert second.response.status == 429
    first.close()
    second.close()


def test_a_key_that_is_no_more_reads_no_more(server: ApiServer, reader: FabricReader) -> None:
    reader.lot()
    ring = server.plane.fabric_streams._keys
    server.on_loop(lambda: ring._hold((server.ROOT,)))
    an_interface(server)
    assert reader.response.read() == b""


def test_what_a_machine_reports_becomes_the_attachments_status(server: ApiServer) -> None:
    eni = an_interface(server)
    assert report(server, eni, "attached") == 200
    assert now(server, eni).status == "in-use"
    server.update(
        lambda tx: network_interfaces.detach_interface(
            tx, a_call(), tx.must(NETWORK_INTERFACES, eni.arn)
        )
    )
    assert report(server, eni, "attached") == 200
    assert now(server, eni).status == "detaching"
    assert report(server, eni, "detached") == 200
    assert now(server, eni).status == "available"


def test_a_failure_is_kept_with_its_reason(server: ApiServer) -> None:
    eni = an_interface(server)
    assert report(server, eni, "failed", reason="no room") == 200
    assert (now(server, eni).status, now(server, eni).failure) == ("attaching", "no room")


def test_a_report_on_another_attachment_changes_nothing(server: ApiServer) -> None:
    eni = an_interface(server, "attached")
    assert eni.attachment is not None
    assert report(server, eni, "detached", attachmentId="eni-attach-0") == 200
    assert now(server, eni).status == "in-use"
    assert report(server, eni, "detached", attachmentId=eni.attachment.attachment_id) == 200
    assert now(server, eni).status == "available"


def test_a_report_on_an_unknown_interface_is_no_error_and_an_odd_state_is(
    server: ApiServer,
) -> None:
    eni = an_interface(server)
    server.update(lambda tx: tx.delete(NETWORK_INTERFACES, eni.arn))
    assert report(server, eni, "detached") == 200
    assert report(server, eni, "lost") == 400
    told = {"networkInterfaceId": eni.network_interface_id, "state": "attached"}
    status, answer = call(server, server.INSTANCE, "SubmitInterfaceStates", states=[told])
    assert (status, answer["__type"]) == (400, "AccessDeniedException")


def test_an_instances_primary_interface_comes_and_goes_with_it(server: ApiServer) -> None:
    subnet = a_subnet_of(server)
    address = str(subnet.network.network_address + 10)
    told = {
        "networkInterfaceId": "eni-0123456789abcdef0",
        "subnetId": subnet.subnet_id,
        "macAddress": "02:00:00:00:00:01",
        "privateIpAddress": address,
    }
    arn = ec2_arn(SCOPE, "network-interface", "eni-0123456789abcdef0")
    for state in ("running", "stopped"):
        status, _ = call(
            server,
            server.HOST,
            "SubmitInstanceStateChange",
            instanceId=INSTANCE_ID,
            state=state,
            networkInterface=told,
        )
        assert status == 200
        found = server.update(lambda tx: tx.must(NETWORK_INTERFACES, arn))
        assert (found.private_ip_address, found.attachment.instance_id) == (address, INSTANCE_ID)
    call(
        server,
        server.HOST,
        "SubmitInstanceStateChange",
        instanceId=INSTANCE_ID,
        state="terminated",
    )
    assert server.update(lambda tx: tx.get(NETWORK_INTERFACES, arn)) is None


def test_a_machine_whose_vpc_is_not_known_reports_all_the_same(server: ApiServer) -> None:
    told = {
        "networkInterfaceId": "eni-0123456789abcdef0",
        "subnetId": "subnet-0",
        "macAddress": "02:00:00:00:00:01",
        "privateIpAddress": "10.0.0.1",
    }
    status, answer = call(
        server,
        server.HOST,
        "SubmitInstanceStateChange",
        instanceId=INSTANCE_ID,
        state="running",
        networkInterface=told,
    )
    assert (status, answer["acknowledgment"]) == (200, "running")

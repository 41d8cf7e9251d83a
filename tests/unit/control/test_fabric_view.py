"""The fabric feed's items: what there is, and whom a change concerns."""

import msgspec
import pytest

from given import SCOPE, a_call, a_security_group, a_subnet, a_vpc, given
from networking import a_network_interface
from roadstead.control import fabric_items, fabric_view
from roadstead.control.fabric_items import (
    AttachmentItem,
    InterfaceItem,
    NameItem,
    PermissionItem,
    SecurityGroupItem,
    SubnetItem,
    VpcItem,
    ZoneItem,
)
from roadstead.control.fabric_view import Key
from roadstead.ec2.records.network import NETWORK_INTERFACES, SUBNETS, Permission
from roadstead.ec2.transitions import network_interfaces
from roadstead.elbv2.records.load_balancer import (
    LOAD_BALANCERS,
    LoadBalancer,
    LoadBalancerAddress,
)
from roadstead.state.records import Change
from roadstead.state.view import Tx

OTHER = "123456789012/eu-west-1"
BALANCER = LoadBalancer(
    arn="arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1",
    scope=SCOPE,
    dns_name="Web-1.us-east-1.elb.localhost",
    addresses=(
        LoadBalancerAddress(subnet_id="subnet-1", zone="us-east-1a", address="10.1.1.9"),
        LoadBalancerAddress(subnet_id="subnet-2", zone="us-east-1b"),
    ),
)


def test_the_feed_tells_of_everything_in_its_account_and_region() -> None:
    eni = a_network_interface(1)
    group = msgspec.structs.replace(
        a_security_group(),
        permissions=(Permission(rule_id="sgr-1", protocol="tcp", from_port=80, to_port=81),),
    )
    view = given(a_vpc(), a_subnet(), group, eni, a_vpc(2, scope=OTHER))
    tx = Tx(view)
    tx.put(LOAD_BALANCERS, BALANCER)
    told = {key: fabric_view.value(view, SCOPE, key) for key in fabric_view.keys(view, SCOPE)}
    assert eni.attachment is not None
    assert told == {
        Key("zone", "elb.localhost"): ZoneItem(name="elb.localhost"),
        Key("zone", "ec2.internal"): ZoneItem(name="ec2.internal"),
        Key("vpc", eni.vpc_id): VpcItem(
            vpc_id=eni.vpc_id,
            cidr="10.1.0.0/16",
            subnets=(SubnetItem(subnet_id=eni.subnet_id, cidr="10.1.1.0/24", zone="us-east-1a"),),
        ),
        Key("security-group", group.group_id): SecurityGroupItem(
            group_id=group.group_id,
            vpc_id=eni.vpc_id,
            permissions=(PermissionItem(protocol="tcp", from_port=80, to_port=81),),
        ),
        Key("interface", eni.network_interface_id): InterfaceItem(
            network_interface_id=eni.network_interface_id,
            vpc_id=eni.vpc_id,
            subnet_id=eni.subnet_id,
            mac_address=eni.mac_address,
            private_ip_address="10.1.1.1",
            groups=(group.group_id,),
            is_managed=True,
            attachment=AttachmentItem(
                attachment_id=eni.attachment.attachment_id,
                instance_id=eni.attachment.instance_id,
                device_index=1,
                status="attached",
            ),
        ),
        Key("name", f"interface/{eni.network_interface_id}"): NameItem(
            name="ip-10-1-1-1.ec2.internal",
            type="A",
            ttl=60,
            records=("10.1.1.1",),
            vpc_id=eni.vpc_id,
        ),
        Key("name", f"elbv2/{BALANCER.arn}"): NameItem(
            name="web-1.us-east-1.elb.localhost", type="A", ttl=60, records=("10.1.1.9",)
        ),
    }


def test_a_change_concerns_the_items_that_are_made_of_it() -> None:
    view = given(a_vpc(), a_subnet(), a_security_group(), a_network_interface(1))
    eni = a_network_interface(1)
    tx = Tx(view)
    network_interfaces.detach_interface(tx, a_call(), tx.must(NETWORK_INTERFACES, eni.arn))
    (detached,) = tx.changes()
    assert list(fabric_view.affected(SCOPE, detached)) == [
        Key("interface", eni.network_interface_id)
    ]
    gone = Change(NETWORK_INTERFACES, eni.arn, eni, None)
    assert list(fabric_view.affected(SCOPE, gone)) == [
        Key("interface", eni.network_interface_id),
        Key("name", f"interface/{eni.network_interface_id}"),
    ]
    subnet = a_subnet(7)
    new = Change(SUBNETS, subnet.arn, None, subnet)
    assert list(fabric_view.affected(SCOPE, new)) == [Key("vpc", subnet.vpc_id)]
    assert list(fabric_view.affected(OTHER, new)) == []


def test_what_is_gone_has_no_value() -> None:
    view = given()
    for kind, key in (
        ("vpc", "vpc-1"),
        ("interface", "eni-1"),
        ("security-group", "sg-1"),
        ("zone", "example.org"),
        ("name", "interface/eni-1"),
        ("name", "elbv2/arn:1"),
        ("name", "elb/arn:1"),
    ):
        assert fabric_view.value(view, SCOPE, Key(kind, key)) is None


@pytest.mark.parametrize("kind", sorted(fabric_items.VALUES))
def test_lines_are_read_as_they_were_written(kind: str) -> None:
    line = fabric_items.line(kind, "key", None)
    assert msgspec.json.decode(line, type=fabric_items.Line) == fabric_items.Line(kind, "key")
    assert line.endswith(b"\n")

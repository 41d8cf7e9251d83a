"""The default VPC at the start of the control plane."""

from given import SCOPE, a_call, given
from roadstead.ec2.records.network import (
    SUBNETS_BY_VPC,
    VPCS_BY_SCOPE,
    Vpc,
)
from roadstead.ec2.records.routing import GATEWAYS_BY_SCOPE, ROUTE_TABLES_BY_VPC
from roadstead.ec2.rules.groups import default_group
from roadstead.ec2.transitions.default_vpc import ensure_default_vpc
from roadstead.ec2.transitions.network_interfaces import create_interface
from roadstead.settings import DefaultSubnet, DefaultVpc
from roadstead.state.view import Tx, View

GIVEN = DefaultVpc(
    vpc_id="vpc-ofthemachine",
    cidr="172.30.0.0/16",
    subnets=tuple(
        DefaultSubnet(
            subnet_id=f"subnet-{letter}", cidr=f"172.30.{low}.0/20", zone=f"us-east-1{letter}"
        )
        for letter, low in (("a", 0), ("b", 16), ("c", 32))
    ),
)


def ensured(view: View, wanted: DefaultVpc | None) -> tuple[Vpc, int]:
    """The default VPC, and how many records that took."""
    tx = Tx(view)
    vpc = ensure_default_vpc(tx, a_call(), wanted)
    return vpc, len(tx.changes())


def test_it_is_made_once() -> None:
    view = given()
    vpc, changes = ensured(view, None)
    assert (vpc.cidr, vpc.is_default, vpc.enable_dns_hostnames) == ("172.31.0.0/16", True, True)
    assert changes > 0
    assert ensured(view, None) == (vpc, 0)


def test_it_is_what_the_machine_has_chosen() -> None:
    view = given()
    vpc, _ = ensured(view, GIVEN)
    assert (vpc.vpc_id, vpc.cidr) == ("vpc-ofthemachine", "172.30.0.0/16")
    subnets = view.find(SUBNETS_BY_VPC, vpc.vpc_id)
    assert [(each.subnet_id, each.zone, each.is_default) for each in subnets] == [
        ("subnet-a", "us-east-1a", True),
        ("subnet-b", "us-east-1b", True),
        ("subnet-c", "us-east-1c", True),
    ]
    assert ensured(view, GIVEN) == (vpc, 0)
    assert ensured(view, None) == (vpc, 0)


def test_one_that_nobody_uses_makes_room_for_the_machines() -> None:
    view = given()
    before, _ = ensured(view, None)
    vpc, _ = ensured(view, GIVEN)
    assert view.find(VPCS_BY_SCOPE, SCOPE) == [vpc]
    assert view.find(SUBNETS_BY_VPC, before.vpc_id) == []
    assert view.find(ROUTE_TABLES_BY_VPC, before.vpc_id) == []
    assert [each.vpc_id for each in view.find(GATEWAYS_BY_SCOPE, SCOPE)] == [vpc.vpc_id]


def test_one_that_is_used_stays_and_is_the_default_no_more() -> None:
    view = given()
    before, _ = ensured(view, None)
    subnet = view.find(SUBNETS_BY_VPC, before.vpc_id)[0]
    create_interface(Tx(view), a_call(), subnet=subnet, groups=(), description="")
    vpc, _ = ensured(view, GIVEN)
    found = {each.vpc_id: each.is_default for each in view.find(VPCS_BY_SCOPE, SCOPE)}
    assert found == {before.vpc_id: False, vpc.vpc_id: True}
    assert not any(each.is_default for each in view.find(SUBNETS_BY_VPC, before.vpc_id))


def test_a_subnet_that_was_deleted_is_there_again_after_a_start() -> None:
    view = given()
    vpc, _ = ensured(view, GIVEN)
    gone = view.find(SUBNETS_BY_VPC, vpc.vpc_id)[1]
    Tx(view).delete(
        next(table for table in view.schema.tables if table.name == "subnets"), gone.arn
    )
    ensured(view, GIVEN)
    assert len(view.find(SUBNETS_BY_VPC, vpc.vpc_id)) == 3


def test_its_groups_members_reach_each_other() -> None:
    view = given()
    vpc, _ = ensured(view, None)
    group = default_group(view, vpc.vpc_id)
    assert [(rule.is_egress, rule.group_id, rule.cidr) for rule in group.permissions] == [
        (False, group.group_id, ""),
        (True, "", "0.0.0.0/0"),
    ]

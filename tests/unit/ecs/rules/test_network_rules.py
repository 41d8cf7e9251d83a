"""Subnets of awsvpc tasks, and how many interfaces an instance has for them."""

import pytest

from given import SCOPE, a_security_group, a_subnet, a_vpc, given
from networking import a_network_interface
from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.interface_limits import (
    has_trunking_agent,
    interfaces_of,
    tasks_by_interfaces,
    tasks_by_trunk,
)
from roadstead.ecs.rules.network import checked_network, interface_in, subnet_in, zones_of
from roadstead.ids import SeededIds

A, A2, B = a_subnet(1), a_subnet(2), a_subnet(3, zone="us-east-1b")
CONFIGURATION = {"awsvpcConfiguration": {"subnets": [A.subnet_id, A2.subnet_id, B.subnet_id]}}


def test_a_configuration_gets_its_defaults_and_each_name_once() -> None:
    view = given(a_vpc(), A, B)
    twice = [A.subnet_id, B.subnet_id, A.subnet_id]
    assert checked_network(view, SCOPE, "awsvpc", {"awsvpcConfiguration": {"subnets": twice}}) == {
        "awsvpcConfiguration": {
            "subnets": [A.subnet_id, B.subnet_id],
            "securityGroups": [],
            "assignPublicIp": "DISABLED",
        }
    }
    assert checked_network(view, SCOPE, "bridge", None) is None


def test_a_security_group_of_another_vpc_is_refused() -> None:
    view = given(a_vpc(), A, a_security_group("web", vpc=2))
    group_id = a_security_group("web", vpc=2).group_id
    asked = {"subnets": [A.subnet_id], "securityGroups": [group_id]}
    with pytest.raises(ApiError) as refused:
        checked_network(view, SCOPE, "awsvpc", {"awsvpcConfiguration": asked})
    assert refused.value.message == (
        f"Security group {group_id} does not appear to belong to the same VPC as the input subnets."
    )


def test_subnets_of_another_account_are_not_there() -> None:
    with pytest.raises(ApiError, match="does not exist"):
        checked_network(given(a_vpc(), A), "999999999999/us-east-1", "awsvpc", CONFIGURATION)


def test_zones_are_those_of_the_subnets_that_there_are() -> None:
    assert zones_of(given(A, B), SCOPE, CONFIGURATION) == ("us-east-1a", "us-east-1b")
    assert zones_of(given(B), SCOPE, CONFIGURATION) == ("us-east-1b",)
    assert zones_of(given(), SCOPE, CONFIGURATION) == ()
    assert zones_of(given(A), SCOPE, None) is None


def test_of_several_subnets_in_a_zone_the_one_with_most_addresses_left_is_taken() -> None:
    view = given(A, A2, B, a_network_interface(1, subnet=1))
    found = subnet_in(view, SCOPE, CONFIGURATION, "us-east-1a")
    assert found is not None
    assert found.subnet_id == A2.subnet_id
    assert subnet_in(view, SCOPE, CONFIGURATION, "us-east-1c") is None


def test_an_interface_to_be_has_its_subnet_and_groups() -> None:
    named = {"awsvpcConfiguration": {"subnets": [B.subnet_id], "securityGroups": ["sg-1"]}}
    made = interface_in(given(B), SCOPE, named, "us-east-1b", SeededIds(1))
    assert made is not None
    assert (made.status, made.subnet_id, made.security_groups) == (
        "PRECREATED",
        B.subnet_id,
        ("sg-1",),
    )
    assert len(made.attachment_id) == 36
    assert interface_in(given(B), SCOPE, None, "us-east-1b", SeededIds(1)) is None


@pytest.mark.parametrize(
    ("instance_type", "interfaces", "on_trunk"),
    [
        ("t3.micro", 2, None),
        ("t3.medium", 3, None),
        ("c5.large", 3, 10),
        ("m5.xlarge", 4, 20),
        ("m6g.medium", 2, 4),
        ("m6i.4xlarge", 8, 60),
        ("c5.18xlarge", 15, 120),
        ("c7i.metal-24xl", 15, 120),
        ("g4dn.2xlarge", 3, 40),
        ("m4.large", 2, None),
        ("something", 15, None),
        ("", 15, None),
    ],
)
def test_interfaces_by_instance_type(
    instance_type: str, interfaces: int, on_trunk: int | None
) -> None:
    assert interfaces_of(instance_type) == interfaces
    assert tasks_by_interfaces(instance_type) == interfaces - 1
    assert tasks_by_trunk(instance_type) == on_trunk


def test_agents_know_trunks_from_1_28_1_on() -> None:
    assert not has_trunking_agent("1.28.0")
    assert has_trunking_agent("1.28.1")
    assert has_trunking_agent("v1.90.0")
    assert has_trunking_agent("roadstead")

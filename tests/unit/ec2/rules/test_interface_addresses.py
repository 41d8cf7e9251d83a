"""Which addresses a subnet gives away, against a plain search."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from given import a_security_group, a_subnet, a_vpc
from given import given as given_records
from networking import a_network_interface
from roadstead.ec2.records.addresses import TakenAddresses
from roadstead.ec2.records.network import NETWORK_INTERFACES, NetworkInterface
from roadstead.ec2.rules.addresses import address_range, mac_address, private_dns_name
from roadstead.state.view import Tx

SUBNET = "subnet-1"


@pytest.mark.parametrize(
    ("cidr", "carries_instances", "first", "last"),
    [
        ("10.0.1.0/24", False, "10.0.1.4", "10.0.1.254"),
        ("10.0.1.16/28", False, "10.0.1.20", "10.0.1.30"),
        ("172.31.16.0/20", True, "172.31.17.0", "172.31.31.254"),
        ("10.0.0.0/23", True, "10.0.0.4", "10.0.1.254"),
        ("10.0.0.0/16", False, "10.0.0.4", "10.0.255.254"),
    ],
)
def test_the_first_four_addresses_and_the_last_are_reserved(
    cidr: str, carries_instances: bool, first: str, last: str
) -> None:
    found = address_range(cidr, carries_instances=carries_instances)
    assert tuple(map(str, found)) == (first, last)


def test_the_same_address_of_a_vpc_has_the_same_hardware_address() -> None:
    mac = mac_address("vpc-1", "10.0.1.4")
    assert mac == mac_address("vpc-1", "10.0.1.4")
    assert mac != mac_address("vpc-1", "10.0.1.5")
    assert int(mac[:2], 16) & 3 == 2, "locally administered, and of one device"


def test_a_private_name_says_the_region_but_in_us_east_1() -> None:
    assert private_dns_name("10.0.1.4", "us-east-1") == "ip-10-0-1-4.ec2.internal"
    assert private_dns_name("10.0.1.4", "eu-west-1") == "ip-10-0-1-4.eu-west-1.compute.internal"


def an_eni(address: str) -> NetworkInterface:
    return NetworkInterface(arn=address, subnet_id=SUBNET, private_ip_address=address)


@given(
    cidr=st.sampled_from(["10.0.1.16/28", "10.0.0.0/26", "172.31.255.192/27"]),
    moves=st.lists(st.tuples(st.booleans(), st.integers(0, 63)), max_size=60),
)
@settings(max_examples=200, deadline=None)
def test_the_lowest_free_address_is_found_whatever_came_and_went(
    cidr: str, moves: list[tuple[bool, int]]
) -> None:
    network = IPv4Network(cidr)
    taken: set[str] = set()
    book = TakenAddresses()
    first, last = address_range(cidr, carries_instances=False)
    for comes, offset in moves:
        address = str(network[offset % network.num_addresses])
        if comes and address not in taken:
            taken.add(address)
            book.apply(NETWORK_INTERFACES, None, an_eni(address))
        elif not comes and address in taken:
            taken.remove(address)
            book.apply(NETWORK_INTERFACES, an_eni(address), None)
        assert book.is_free(SUBNET, address) is (address not in taken)
    free = [
        str(IPv4Address(number))
        for number in range(int(first), int(last) + 1)
        if str(IPv4Address(number)) not in taken
    ]
    assert book.lowest_free(SUBNET, first, last) == (free[0] if free else None)
    assert book.free_count(SUBNET, first, last) == len(free)


def test_addresses_of_an_update_that_is_undone_are_free_again() -> None:
    view = given_records(a_vpc(1), a_subnet(1), a_security_group())
    book = view.projection(TakenAddresses)
    eni = a_network_interface(1)
    tx = Tx(view)
    tx.put(NETWORK_INTERFACES, eni)
    assert not book.is_free(eni.subnet_id, eni.private_ip_address)
    tx.undo()
    assert book.is_free(eni.subnet_id, eni.private_ip_address)

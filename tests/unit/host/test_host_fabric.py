"""Where the VPC lies."""

from ipaddress import IPv4Network

import pytest

from roadstead.host.fabric import CIDRS, Names, choose_cidr
from roadstead.host.records import HostError


def test_the_default_vpc_is_awss() -> None:
    assert choose_cidr("", [IPv4Network("10.0.0.0/8")]) == "172.31.0.0/16"


def test_a_range_that_the_machine_uses_is_passed_over() -> None:
    taken = [IPv4Network("172.31.5.0/24"), IPv4Network("172.30.0.0/16")]
    assert choose_cidr("", taken) == "172.29.0.0/16"


def test_a_range_asked_for_is_refused_when_it_overlaps() -> None:
    with pytest.raises(HostError, match=r"overlaps 10.1.2.0/24, which this machine uses"):
        choose_cidr("10.1.0.0/16", [IPv4Network("10.1.2.0/24")])


@pytest.mark.parametrize("asked", ["10.0.0.0/8", "8.8.0.0/16", "10.1.2.3/16", "nonsense"])
def test_a_range_that_is_no_private_sixteenth_is_refused(asked: str) -> None:
    with pytest.raises(HostError, match="/16"):
        choose_cidr(asked, [])


def test_a_machine_that_uses_everything_is_told_what_to_do() -> None:
    with pytest.raises(HostError, match="--vpc-cidr"):
        choose_cidr("", [IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12")])


def test_no_range_of_ours_meets_dockers_first_networks() -> None:
    docker = IPv4Network("172.17.0.0/16")
    assert not any(IPv4Network(cidr).overlaps(docker) for cidr in CIDRS)


def test_names_of_devices_fit_into_fifteen_letters() -> None:
    assert len(Names("abcdef").bridge) <= 15

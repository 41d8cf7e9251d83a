"""Registration, health and draining of targets, one transition at a time."""

from typing import Any

import pytest

from balancing import a_rule, a_target, a_target_group, target_group_arn
from given import REGION, SCOPE, a_call, ago, given, later
from roadstead.ec2.records.network import (
    NETWORK_INTERFACES,
    SUBNETS,
    InterfaceAttachment,
    NetworkInterface,
    Subnet,
)
from roadstead.elbv2.records.target_group import (
    TARGETS,
    TARGETS_BY_ADDRESS,
    TARGETS_BY_GROUP,
    Target,
)
from roadstead.elbv2.transitions import targets
from roadstead.state.records import Record
from roadstead.state.view import Tx, View

GROUP = a_target_group()
INSTANCES = a_target_group(target_type="instance")
DELAY = "deregistration_delay.timeout_seconds"


def a_state(*records: Record, in_use: bool = True, subnets: bool = True) -> Tx:
    view = given(*records, *((a_rule(),) if in_use else ()))
    tx = Tx(view)
    for number, zone in enumerate("ab" if subnets else ""):
        tx.put(
            SUBNETS,
            Subnet(
                arn=f"subnet-{zone}",
                subnet_id=f"subnet-{zone}",
                scope=SCOPE,
                vpc_id="vpc-1",
                cidr=f"172.31.{number}.0/24",
                zone=f"{REGION}{zone}",
            ),
        )
    return tx


def an_interface(number: int, *, address: str = "", **fields: Any) -> NetworkInterface:
    return NetworkInterface(
        **{
            "arn": f"eni-{number}",
            "network_interface_id": f"eni-{number}",
            "scope": SCOPE,
            "vpc_id": "vpc-1",
            "zone": f"{REGION}a",
            "private_ip_address": address or f"172.31.0.{number}",
            "attachment": InterfaceAttachment(
                attachment_id=f"eni-attach-{number}", instance_id=f"i-{number}", status="attached"
            ),
            **fields,
        }
    )


def all_targets(view: View) -> list[Target]:
    return view.find(TARGETS_BY_GROUP, target_group_arn())


def test_a_registered_address_is_initial_and_in_the_zone_of_its_subnet() -> None:
    tx = a_state(GROUP)
    target = targets.register(tx, a_call(), GROUP, "172.31.1.7", 8080)
    assert target == Target(
        arn=f"{GROUP.arn}|172.31.1.7|8080",
        version=1,
        target_group_arn=GROUP.arn,
        id="172.31.1.7",
        port=8080,
        address="172.31.1.7",
        zone="us-east-1b",
        status="initial",
        reason="Elb.RegistrationInProgress",
        registered_at=later(0),
    )


def test_an_instance_is_reached_at_its_primary_interface() -> None:
    tx = a_state(INSTANCES)
    tx.put(NETWORK_INTERFACES, an_interface(9))
    target = targets.register(tx, a_call(), INSTANCES, "i-9", 32768)
    assert (target.address, target.zone, target.status) == ("172.31.0.9", "us-east-1a", "initial")


def test_port_override_on_register() -> None:
    tx = a_state(INSTANCES)
    tx.put(NETWORK_INTERFACES, an_interface(9))
    for port in (32768, 32769):
        targets.register(tx, a_call(), INSTANCES, "i-9", port)
    assert [each.port for each in all_targets(tx)] == [32768, 32769]


def test_registering_existing_target_is_idempotent() -> None:
    tx = a_state(GROUP, a_target())
    before = tx.must(TARGETS, a_target().arn)
    assert targets.register(tx, a_call(), GROUP, "172.31.0.10", 80) is before


def test_a_draining_target_that_is_registered_starts_anew() -> None:
    tx = a_state(GROUP, a_target(status="draining", draining_until=later(60), is_unhealthy=True))
    target = targets.register(tx, a_call(), GROUP, "172.31.0.10", 80)
    assert (target.status, target.draining_until, target.healthy_at) == ("initial", None, None)
    assert not target.is_unhealthy
    assert tx.find(TARGETS_BY_GROUP, GROUP.arn) == [target]


def test_an_address_of_a_load_balancer_is_unusable() -> None:
    tx = a_state(GROUP)
    tx.put(NETWORK_INTERFACES, an_interface(4, requester_id="amazon-elb", attachment=None))
    target = targets.register(tx, a_call(), GROUP, "172.31.0.4", 80)
    assert (target.status, target.reason) == ("unused", "Target.IpUnusable")


def test_first_check_makes_healthy() -> None:
    tx = a_state(GROUP)
    target = targets.register(tx, a_call(), GROUP, "172.31.0.10", 80)
    target = targets.begin_checking(tx, a_call(), target)
    assert target.reason == "Elb.InitialHealthChecking"
    target = targets.report_health(tx, a_call(now=later(1)), target, healthy=True)
    assert (target.status, target.reason, target.healthy_at) == ("healthy", "", later(1))


def test_the_same_news_twice_change_nothing() -> None:
    tx = a_state(GROUP, a_target())
    target = tx.must(TARGETS, a_target().arn)
    assert targets.report_health(tx, a_call(), target, healthy=True) is target
    told: dict[str, Any] = {"healthy": False, "reason": "Target.Timeout"}
    failed = targets.report_health(tx, a_call(), target, **told)
    assert (failed.status, failed.reason, failed.description) == ("unhealthy", "Target.Timeout", "")
    assert targets.report_health(tx, a_call(), failed, **told) is failed


def test_slow_start_counts_from_the_first_health() -> None:
    tx = a_state(GROUP, a_target(status="unhealthy", healthy_at=ago(590)))
    target = targets.report_health(tx, a_call(), tx.must(TARGETS, a_target().arn), healthy=True)
    assert target.healthy_at == ago(590)


def test_deregister_target_state_sequence() -> None:
    tx = a_state(a_target_group(attributes={DELAY: "20"}), a_target())
    target = targets.deregister(tx, a_call(), tx.must(TARGETS, a_target().arn))
    assert target is not None
    assert (target.status, target.reason, target.draining_until) == (
        "draining",
        "Target.DeregistrationInProgress",
        later(20),
    )
    assert targets.deregister(tx, a_call(now=later(10)), target) is target
    assert tx.count(TARGETS_BY_ADDRESS, "172.31.0.10") == 1
    targets.end_draining(tx, a_call(now=later(20)), target)
    assert all_targets(tx) == []
    assert tx.count(TARGETS_BY_ADDRESS, "172.31.0.10") == 0


def test_the_delay_is_300_seconds_unless_set() -> None:
    tx = a_state(GROUP, a_target())
    target = targets.deregister(tx, a_call(), tx.must(TARGETS, a_target().arn))
    assert target is not None
    assert target.draining_until == later(300)


@pytest.mark.parametrize(
    ("group", "target", "in_use"),
    [
        (a_target_group(attributes={DELAY: "0"}), a_target(), True),
        (GROUP, a_target(), False),
        (GROUP, a_target(status="unused", reason="Target.InvalidState"), True),
    ],
    ids=["delay 0", "no listener leads there", "unreachable"],
)
def test_what_has_nothing_to_drain_is_gone_at_once(
    group: Record, target: Target, in_use: bool
) -> None:
    tx = a_state(group, target, in_use=in_use)
    assert targets.deregister(tx, a_call(), tx.must(TARGETS, target.arn)) is None
    assert all_targets(tx) == []


def test_a_draining_target_may_be_unhealthy_besides() -> None:
    tx = a_state(GROUP, a_target(status="draining", draining_until=later(60)))
    target = tx.must(TARGETS, a_target().arn)
    failed = targets.report_health(tx, a_call(), target, healthy=False)
    assert (failed.status, failed.is_unhealthy) == ("draining", True)
    assert targets.report_health(tx, a_call(), failed, healthy=False) is failed


def test_only_a_draining_target_ends_draining() -> None:
    tx = a_state(GROUP, a_target())
    targets.end_draining(tx, a_call(), tx.must(TARGETS, a_target().arn))
    assert len(all_targets(tx)) == 1


def test_a_group_that_no_listener_leads_to_any_more_forgets_health_and_drains_nothing() -> None:
    tx = a_state(
        GROUP,
        a_target(),
        a_target("172.31.0.11", status="draining", draining_until=later(60)),
        in_use=False,
    )
    targets.begin_anew(tx, a_call(), GROUP)
    (left,) = all_targets(tx)
    assert (left.id, left.status, left.reason) == (
        "172.31.0.10",
        "initial",
        "Elb.RegistrationInProgress",
    )

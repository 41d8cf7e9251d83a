"""Which pieces a change concerns, and what is in none of them."""

from msgspec.structs import replace
from tests.given import given
from tests.load_balancers import (
    a_listener,
    a_load_balancer,
    a_rule,
    a_target,
    a_target_group,
    load_balancer_arn,
    target_group_arn,
)
from tests.unit.dataplane.balanced import everything, whole

from roadstead.dataplane.snapshot import pieces
from roadstead.elbv2.records.load_balancer import LOAD_BALANCERS, RULES
from roadstead.elbv2.records.target_group import TARGETS
from roadstead.state.records import Change
from roadstead.state.view import View


def a_state() -> View:
    listener = a_listener()
    return given(a_load_balancer(), listener, a_rule(listener), a_target_group(), a_target())


def test_a_change_of_targets_concerns_one_file() -> None:
    target = a_target()
    change = Change(TARGETS, target.arn, None, target)
    assert list(pieces.affected(a_state(), change)) == [f"targets|{target_group_arn()}"]


def test_a_change_of_a_rule_concerns_its_balancer_and_its_groups() -> None:
    before = a_rule(a_listener())
    after = a_rule(a_listener(), to=("other",))
    change = Change(RULES, before.arn, before, after)
    assert set(pieces.affected(a_state(), change)) == {
        f"balancer|{load_balancer_arn()}",
        "front|80",
        f"group|{target_group_arn()}",
        f"targets|{target_group_arn()}",
        f"group|{target_group_arn('other')}",
        f"targets|{target_group_arn('other')}",
    }


def test_a_group_that_no_rule_leads_to_is_not_in_the_proxy() -> None:
    found = whole(everything())
    assert not [name for name in found.clusters if name.startswith("unused")]


def test_health_does_not_change_the_endpoints() -> None:
    group, target = a_target_group(), a_target()
    listener = a_listener()
    base = a_load_balancer(), listener, a_rule(listener), group
    healthy = whole(given(*base, target)).endpoints
    unhealthy = replace(target, status="unhealthy", reason="Target.Timeout")
    assert whole(given(*base, unhealthy)).endpoints == healthy
    draining = whole(given(*base, replace(target, status="draining"))).endpoints
    [load] = draining.values()
    assert load["endpoints"][0]["lb_endpoints"][0]["health_status"] == "DRAINING"


def test_a_target_in_a_zone_that_is_not_enabled_gets_no_request() -> None:
    listener = a_listener()
    one, two, other = a_target(), a_target("10.0.1.17", zone="us-east-1b"), a_target("10.9.0.1")
    targets = one, two, replace(other, zone="all")
    balancer = a_load_balancer(addresses=("10.0.0.5",))
    state = given(balancer, listener, a_rule(listener), a_target_group(), *targets)
    assert _addresses(state) == {one.address, other.address}
    enabled = a_load_balancer()
    state = given(enabled, listener, a_rule(listener), a_target_group(), *targets)
    assert _addresses(state) == {one.address, two.address, other.address}
    change = Change(LOAD_BALANCERS, balancer.arn, balancer, enabled)
    assert f"targets|{target_group_arn()}" in pieces.affected(state, change)


def _addresses(state: View) -> set[str]:
    [load] = whole(state).endpoints.values()
    found = load["endpoints"][0]["lb_endpoints"]
    return {each["endpoint"]["address"]["socket_address"]["address"] for each in found}


def test_what_is_gone_contributes_nothing() -> None:
    empty = given()
    for key in pieces.keys(everything()):
        assert whole(empty) == pieces.render(empty, key, None)  # type: ignore[arg-type]  # unused

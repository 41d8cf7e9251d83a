"""Any order of registering, checking, deregistering and waiting keeps to the states of a target."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from balancing import a_load_balancer, a_rule, a_target_group
from given import NOW, SCOPE, a_call, given
from roadstead.ec2.records.network import VPCS, Vpc, ec2_arn
from roadstead.elbv2.operations.targets import (
    deregister_targets,
    describe_target_health,
    register_targets,
)
from roadstead.elbv2.reconcilers import draining
from roadstead.elbv2.records.load_balancer import RULES
from roadstead.elbv2.records.target_group import (
    DRAINING_TARGETS,
    TARGETS,
    TARGETS_BY_GROUP,
    Target,
)
from roadstead.elbv2.rules.target_health import MOVES
from roadstead.elbv2.transitions.rules import delete_rule
from roadstead.elbv2.transitions.targets import report_health
from roadstead.state.view import Tx, View

DELAY_SECONDS = 30
ADDRESSES = ("10.9.0.1", "10.9.0.2")
targets = strategies.sampled_from(ADDRESSES)


class TargetLife(RuleBasedStateMachine):
    """One group with two targets; `history` has what each was, and until when it drains."""

    def __init__(self) -> None:
        super().__init__()
        self.group = a_target_group(
            attributes={"deregistration_delay.timeout_seconds": str(DELAY_SECONDS)}
        )
        self.view: View = given(self.group, a_load_balancer(), a_rule())
        Tx(self.view).put(
            VPCS, Vpc(arn=ec2_arn(SCOPE, "vpc", "vpc-1"), vpc_id="vpc-1", cidr="172.31.0.0/16")
        )
        self.now: datetime = NOW
        self.deregistered: dict[str, datetime] = {}
        self.before: dict[str, Target] = {}

    def _asked(self, operation: Any, *ids: str) -> None:
        described = [{"Id": each, "Port": 80, "AvailabilityZone": "all"} for each in ids]
        request = {"TargetGroupArn": self.group.arn, "Targets": described}
        operation(Tx(self.view), a_call(now=self.now), request)

    def _target(self, address: str) -> Target | None:
        return self.view.get(TARGETS, f"{self.group.arn}|{address}|80")

    def _in_use(self) -> bool:
        return self.view.get(RULES, a_rule().arn) is not None

    @rule(address=targets)
    def register(self, address: str) -> None:
        self._asked(register_targets, address)
        self.deregistered.pop(address, None)
        found = self._target(address)
        assert found is not None
        assert found.status in ("initial", "healthy", "unhealthy")

    @rule(address=targets)
    def deregister(self, address: str) -> None:
        was = self._target(address)
        self._asked(deregister_targets, address)
        found = self._target(address)
        if was is None or not self._in_use():
            assert found is None
            return
        assert found is not None
        assert found.status == "draining"
        begun = self.deregistered.setdefault(address, self.now)
        assert found.draining_until == begun + timedelta(seconds=DELAY_SECONDS)

    @rule(address=targets, healthy=strategies.booleans())
    def check(self, address: str, healthy: bool) -> None:
        target = self._target(address)
        if target is None:
            return
        tx = Tx(self.view)
        found = report_health(tx, a_call(now=self.now), target, healthy=healthy)
        if target.status == "draining":
            assert (found.status, found.is_unhealthy) == ("draining", not healthy)
        else:
            assert found.status == ("healthy" if healthy else "unhealthy")

    @rule(seconds=strategies.sampled_from((0, 1, 10, 29, 30, 60)))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        for key in list(draining.keys(self.view)):
            plan = draining.reconcile(self.view, key, self.now)
            for action in plan.actions:
                action.apply(Tx(self.view), a_call(now=self.now))
            assert not plan.actions or not draining.reconcile(self.view, key, self.now).actions
        for address, at in self.deregistered.items():
            left = self._target(address)
            is_over = self.now >= at + timedelta(seconds=DELAY_SECONDS)
            assert (left is None) == is_over or not self._in_use()

    @rule(in_use=strategies.sampled_from((True, True, True, True, False)))
    def lead(self, in_use: bool) -> None:
        found = self.view.get(RULES, a_rule().arn)
        if found is not None and not in_use:
            delete_rule(Tx(self.view), a_call(now=self.now), found)
            self.deregistered.clear()
        elif found is None and in_use:
            Tx(self.view).put(RULES, a_rule())

    @invariant()
    def moves_are_in_the_table(self) -> None:
        after = {each.id: each for each in self.view.find(TARGETS_BY_GROUP, self.group.arn)}
        for address in ADDRESSES:
            old, new = self.before.get(address), after.get(address)
            statuses = [each.status if each else "gone" for each in (old, new)]
            if statuses[0] != statuses[1] and statuses != ["healthy", "initial"]:
                # A group that nobody leads to forgets its health, and drops what is not in use.
                allowed = {*MOVES[statuses[0]].values()}
                if not self._in_use() or old is None:
                    allowed |= {"gone", "initial"}
                assert statuses[1] in allowed, statuses
        self.before = after

    @invariant()
    def what_drains_says_until_when(self) -> None:
        for target in self.view.find(TARGETS_BY_GROUP, self.group.arn):
            assert (target.status == "draining") == (target.draining_until is not None)
            assert (target.status == "healthy") <= (target.healthy_at is not None)
            assert target.status == "draining" or not target.is_unhealthy
            assert bool(target.reason) == (target.status != "healthy")
        draining_ones = {each.arn for each in self.view.find(DRAINING_TARGETS, "all")}
        assert draining_ones == {
            each.arn for each in self.view.all(TARGETS) if each.status == "draining"
        }

    @invariant()
    def what_is_shown_follows(self) -> None:
        answer = describe_target_health(
            self.view, a_call(now=self.now), {"TargetGroupArn": self.group.arn}
        )
        for each in answer["TargetHealthDescriptions"]:
            health, target = each["TargetHealth"], self._target(each["Target"]["Id"])
            assert target is not None
            if not self._in_use():
                assert health["State"] == "unused"
            elif target.is_unhealthy:
                assert health["State"] == "unhealthy.draining"
            else:
                assert health["State"] == target.status
            assert ("Reason" in health) == (health["State"] != "healthy")


TargetLife.TestCase.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
test_any_order_keeps_to_the_states = TargetLife.TestCase

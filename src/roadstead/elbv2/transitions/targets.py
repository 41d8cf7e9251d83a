"""The only writer of Target: register, health, drain, gone.

Which status may follow which is `MOVES` of `rules/target_health.py`; here is what else changes.
Every function costs the same however many groups and targets there are.
"""

from datetime import timedelta

from msgspec.structs import replace

from roadstead.ec2.records.instances import primary_interface
from roadstead.ec2.records.network import (
    INTERFACES_BY_ADDRESS,
    LOAD_BALANCING,
    SUBNETS_BY_VPC,
)
from roadstead.elbv2.records.load_balancer import RULES_BY_TARGET_GROUP
from roadstead.elbv2.records.target_group import (
    TARGET_GROUPS,
    TARGETS,
    TARGETS_BY_GROUP,
    Target,
    TargetGroup,
    target_arn,
)
from roadstead.elbv2.rules.target_attributes import drain_seconds
from roadstead.elbv2.rules.target_health import (
    DEREGISTRATION_IN_PROGRESS,
    DESCRIPTIONS,
    FAILED_HEALTH_CHECKS,
    INITIAL_HEALTH_CHECKING,
    INVALID_STATE,
    IP_UNUSABLE,
    REGISTRATION_IN_PROGRESS,
    Event,
    next_status,
)
from roadstead.elbv2.rules.target_ranges import subnet_of
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def register(tx: Tx, call: Call, group: TargetGroup, id: str, port: int, zone: str = "") -> Target:
    """The target in the group: new, or as it is; one that drains starts anew.

    `id` is an EC2 instance id or an address, which the caller has checked. `zone`: of an address,
    its zone or `all`; found out if it is not given.
    """
    arn = target_arn(group.arn, id, port)
    found = tx.get(TARGETS, arn)
    if found is not None and found.status != "draining":
        if zone and zone != found.zone:
            return tx.put(TARGETS, replace(found, zone=zone))
        return found
    address, own_zone, unusable = _place(tx, group, id)
    target = Target(
        arn=arn,
        version=found.version if found else 0,
        target_group_arn=group.arn,
        id=id,
        port=port,
        address=address,
        zone=zone or own_zone,
        status=next_status("gone", "REGISTERED"),
        reason=REGISTRATION_IN_PROGRESS,
        registered_at=call.now,
    )
    if unusable:
        target = _unused(target, unusable)
    return tx.put(TARGETS, target)


def deregister(tx: Tx, call: Call, target: Target) -> Target | None:
    """The target, draining until the group's delay is over; None if it is gone at once.

    Nothing drains where nothing was sent: a group that no listener leads to, a target that cannot
    be reached. One that drains already does so until its time.
    """
    if target.status == "draining":
        return target
    group = _group(tx, target)
    seconds = drain_seconds(group.attributes) if group is not None else 0
    in_use = tx.count(RULES_BY_TARGET_GROUP, target.target_group_arn) > 0
    if not in_use or seconds == 0 or next_status(target.status, "DEREGISTERED") == "gone":
        tx.delete(TARGETS, target.arn)
        return None
    return tx.put(
        TARGETS,
        replace(
            target,
            status="draining",
            reason=DEREGISTRATION_IN_PROGRESS,
            description="",
            is_unhealthy=target.status == "unhealthy",
            draining_until=call.now + timedelta(seconds=seconds),
        ),
    )


def begin_checking(tx: Tx, call: Call, target: Target) -> Target:  # noqa: ARG001  # as its siblings
    """Note that the proxy has the target and checks it for the first time."""
    if target.status != "initial" or target.reason == INITIAL_HEALTH_CHECKING:
        return target
    return tx.put(TARGETS, replace(target, reason=INITIAL_HEALTH_CHECKING))


def report_health(
    tx: Tx,
    call: Call,
    target: Target,
    *,
    healthy: bool,
    reason: str = FAILED_HEALTH_CHECKS,
    description: str = "",
) -> Target:
    """Note what the health checks of the target have come to. `reason` counts if it failed.

    A draining target stays so, and is unhealthy besides. The same news twice changes nothing.
    """
    if target.status == "draining":
        if target.is_unhealthy == (not healthy):
            return target
        return tx.put(TARGETS, replace(target, is_unhealthy=not healthy))
    status = next_status(target.status, "PASSED" if healthy else "FAILED")
    if status == "healthy":
        if target.status == "healthy":
            return target
        return tx.put(
            TARGETS,
            replace(
                target,
                status=status,
                reason="",
                description="",
                healthy_at=target.healthy_at or call.now,
            ),
        )
    if status != "unhealthy":
        return target
    if description == DESCRIPTIONS[reason]:
        description = ""
    failed = replace(target, status=status, reason=reason, description=description)
    return target if failed == target else tx.put(TARGETS, failed)


def end_draining(tx: Tx, call: Call, target: Target) -> None:  # noqa: ARG001  # as its siblings
    """The delay is over, or nothing is open any more: the target is gone."""
    if next_status(target.status, "DRAINED") == "gone":
        tx.delete(TARGETS, target.arn)


def follow_instance(tx: Tx, call: Call, target: Target) -> Target | None:
    """Let the target of an instance be where its instance is, or unused if it is nowhere.

    What still drained at an instance that is no more is gone: its address may be another's soon.
    """
    group = _group(tx, target)
    if group is None:
        tx.delete(TARGETS, target.arn)
        return None
    address, zone, unusable = _place(tx, group, target.id)
    has_left = target.status == "draining" and target.address != address
    event: Event = "UNREACHABLE" if unusable or has_left else "REACHABLE"
    status = next_status(target.status, event)
    if status == "gone":
        tx.delete(TARGETS, target.arn)
        return None
    if unusable:
        return target if target.status == "unused" else tx.put(TARGETS, _unused(target, unusable))
    if target.address == address and status == target.status:
        return target
    return tx.put(
        TARGETS,
        replace(
            target,
            address=address,
            zone=zone,
            status="initial",
            reason=REGISTRATION_IN_PROGRESS,
            description="",
            healthy_at=None,
            registered_at=call.now,
        ),
    )


def begin_anew(tx: Tx, call: Call, group: TargetGroup) -> None:
    """No listener leads to the group any more: what drained is gone, what was known is old."""
    for target in tx.find(TARGETS_BY_GROUP, group.arn):
        if target.status == "draining":
            end_draining(tx, call, target)
        elif target.status in ("healthy", "unhealthy"):
            tx.put(
                TARGETS,
                replace(
                    target,
                    status="initial",
                    reason=REGISTRATION_IN_PROGRESS,
                    description="",
                    healthy_at=None,
                ),
            )


def remove_targets(tx: Tx, group_arn: str) -> None:
    """All targets of a group that is deleted."""
    for target in tx.find(TARGETS_BY_GROUP, group_arn):
        tx.delete(TARGETS, target.arn)


def _group(view: View, target: Target) -> TargetGroup | None:
    return view.get(TARGET_GROUPS, target.target_group_arn)


def _place(view: View, group: TargetGroup, id: str) -> tuple[str, str, str]:
    """Address and zone of a target, and the reason why nothing can be sent there, if there is."""
    if group.target_type == "instance":
        interface = primary_interface(view, id)
        if interface is None:
            return "", "", INVALID_STATE
        return interface.private_ip_address, interface.zone, ""
    interface = view.first(INTERFACES_BY_ADDRESS, f"{group.vpc_id}|{id}")
    if interface is not None:
        unusable = IP_UNUSABLE if interface.requester_id == LOAD_BALANCING else ""
        return id, interface.zone, unusable
    subnet = subnet_of(view.find(SUBNETS_BY_VPC, group.vpc_id), id)
    return id, subnet.zone if subnet is not None else "all", ""


def _unused(target: Target, reason: str) -> Target:
    return replace(target, status="unused", reason=reason, description="", healthy_at=None)

"""The only writer of ClassicInstance: registered, in service or not, draining, gone.

Every function costs the same however many instances a load balancer has, but for what is done to
all of them.
"""

from datetime import timedelta

from msgspec.structs import replace

from roadstead.ec2.records.instances import primary_interface
from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    CLASSIC_INSTANCES_BY_LOAD_BALANCER,
    ClassicInstance,
    classic_instance_arn,
)
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS, ClassicLoadBalancer
from roadstead.elb.rules.instance_states import (
    DRAINING,
    FAILED,
    IN_SERVICE,
    REGISTERING,
    TERMINATED,
    ZONE_DISABLED,
    InstanceState,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def register(
    tx: Tx, call: Call, load_balancer: ClassicLoadBalancer, instance_id: str
) -> ClassicInstance:
    """The instance, registered: new, or as it is; one that drains starts anew."""
    arn = classic_instance_arn(load_balancer.arn, instance_id)
    found = tx.get(CLASSIC_INSTANCES, arn)
    if found is not None and found.draining_until is None:
        return found
    address, zone, state = _place(tx, load_balancer, instance_id)
    instance = ClassicInstance(
        arn=arn,
        version=found.version if found else 0,
        load_balancer_arn=load_balancer.arn,
        instance_id=instance_id,
        address=address,
        zone=zone,
        registered_at=call.now,
    )
    return tx.put(CLASSIC_INSTANCES, _in(instance, state))


def deregister(
    tx: Tx, call: Call, load_balancer: ClassicLoadBalancer, instance: ClassicInstance
) -> ClassicInstance | None:
    """The instance, draining for the load balancer's time; None if it is gone at once.

    Nothing drains where draining is off or nothing was sent. One that drains does so until its
    time.
    """
    if instance.draining_until is not None:
        return instance
    got_requests = bool(instance.address) and instance.reason_code != REGISTERING.reason_code
    if not load_balancer.is_draining_enabled or not load_balancer.listeners or not got_requests:
        tx.delete(CLASSIC_INSTANCES, instance.arn)
        return None
    until = call.now + timedelta(seconds=load_balancer.draining_seconds)
    return tx.put(CLASSIC_INSTANCES, replace(_in(instance, DRAINING), draining_until=until))


def report_health(
    tx: Tx,
    call: Call,  # noqa: ARG001  # as its siblings
    instance: ClassicInstance,
    *,
    healthy: bool,
) -> ClassicInstance:
    """Note what the health checks of the instance have come to. The same news changes nothing.

    One that drains, or that nothing can be sent to, stays what it is.
    """
    is_placed = state_of(instance) in (REGISTERING, IN_SERVICE, FAILED)
    if instance.draining_until is not None or not is_placed:
        return instance
    after = _in(instance, IN_SERVICE if healthy else FAILED)
    return instance if after == instance else tx.put(CLASSIC_INSTANCES, after)


def end_draining(tx: Tx, call: Call, instance: ClassicInstance) -> None:  # noqa: ARG001  # as its siblings
    """Its time is over: the instance is gone."""
    if instance.draining_until is not None:
        tx.delete(CLASSIC_INSTANCES, instance.arn)


def follow(tx: Tx, call: Call, instance: ClassicInstance) -> None:
    """Let the instance be where it is, out of service if that is nowhere or where it is not served.

    One that drained at a place that it has left is gone: its address may be another's soon.
    """
    load_balancer = tx.get(CLASSIC_LOAD_BALANCERS, instance.load_balancer_arn)
    if load_balancer is None:
        tx.delete(CLASSIC_INSTANCES, instance.arn)
        return
    after = _followed(tx, load_balancer, instance)
    if after is None:
        tx.delete(CLASSIC_INSTANCES, instance.arn)
    elif after != instance:
        tx.put(CLASSIC_INSTANCES, replace(after, registered_at=call.now))


def is_elsewhere(view: View, instance: ClassicInstance) -> bool:
    """Whether `follow` would change the instance."""
    load_balancer = view.get(CLASSIC_LOAD_BALANCERS, instance.load_balancer_arn)
    return load_balancer is None or _followed(view, load_balancer, instance) != instance


def follow_load_balancer(tx: Tx, call: Call, load_balancer: ClassicLoadBalancer) -> None:
    """Let all of its instances follow the zones that it is in now."""
    for instance in tx.find(CLASSIC_INSTANCES_BY_LOAD_BALANCER, load_balancer.arn):
        follow(tx, call, instance)


def remove_instances(tx: Tx, load_balancer_arn: str) -> None:
    """All instances of a load balancer that is deleted."""
    for instance in tx.find(CLASSIC_INSTANCES_BY_LOAD_BALANCER, load_balancer_arn):
        tx.delete(CLASSIC_INSTANCES, instance.arn)


def state_of(instance: ClassicInstance) -> InstanceState:
    return InstanceState(instance.state, instance.reason_code, instance.description)


def _in(instance: ClassicInstance, state: InstanceState) -> ClassicInstance:
    return replace(
        instance,
        state=state.state,
        reason_code=state.reason_code,
        description=state.description,
        draining_until=None,
    )


def _followed(
    view: View, load_balancer: ClassicLoadBalancer, instance: ClassicInstance
) -> ClassicInstance | None:
    """The instance as it is to be where it is now; None if it is to be gone."""
    address, zone, state = _place(view, load_balancer, instance.instance_id)
    if instance.draining_until is not None:
        return instance if address == instance.address else None
    was_placed = state_of(instance) not in (TERMINATED, ZONE_DISABLED)
    if state == REGISTERING and was_placed and address == instance.address:
        return instance
    return _in(replace(instance, address=address, zone=zone), state)


def _place(
    view: View, load_balancer: ClassicLoadBalancer, instance_id: str
) -> tuple[str, str, InstanceState]:
    """Address and zone of an instance, and the state that it begins in there."""
    interface = primary_interface(view, instance_id)
    if interface is None:
        return "", "", TERMINATED
    if interface.zone not in load_balancer.zones:
        return "", interface.zone, ZONE_DISABLED
    return interface.private_ip_address, interface.zone, REGISTERING

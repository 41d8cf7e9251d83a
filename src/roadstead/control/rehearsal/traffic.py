"""What a rehearsal supposes of traffic: tasks tell their ports, and answer health checks.

A target is healthy after one interval of its group's health check, and for ever; one of a group
that no listener leads to is never asked.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from roadstead.ecs.records.balancer_states import classic_arn, state_of
from roadstead.ecs.records.task import Task, target_key
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules.load_balancers.places import mapping_of
from roadstead.ecs.transitions.task_reports import ContainerReport
from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    ClassicInstance,
    classic_instance_arn,
)
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS
from roadstead.elb.transitions.instances import report_health as report_health_of_instance
from roadstead.elbv2.records.load_balancer import RULES_BY_TARGET_GROUP
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TARGETS, Target
from roadstead.elbv2.transitions.targets import report_health
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

FIRST_DYNAMIC_PORT = 32_768
DYNAMIC_PORTS = 28_000
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html"""


def first_answer_at(view: View, task: Task) -> datetime | None:
    """When the slowest of the task's targets has answered; None if none of them will be asked."""
    moments = [
        target.registered_at + timedelta(seconds=_interval_seconds(view, target))
        for target in _unasked(view, task)
        if target.registered_at is not None
    ]
    return max(moments, default=None)


def answer_checks(tx: Tx, call: Call, task: Task) -> None:
    """Every target of the task passes its health check."""
    for target in list(_unasked(tx, task)):
        if isinstance(target, Target):
            report_health(tx, call, target, healthy=True)
        else:
            report_health_of_instance(tx, call, target, healthy=True)


def reported_ports(view: View, task: Task) -> tuple[ContainerReport, ...]:
    """The host ports that an agent would have chosen for what load balancers lead to."""
    definition = view.get(TASK_DEFINITIONS, task.task_definition_arn)
    if definition is None or task.interface is not None:
        return ()
    found = []
    for number, target in enumerate(task.targets):
        mapping = mapping_of(definition, target.container_name, target.container_port)
        if mapping is None or mapping.get("hostPort"):
            continue
        port = FIRST_DYNAMIC_PORT + (int(task.arn[-8:], 16) * 8 + number) % DYNAMIC_PORTS
        binding = {
            "bindIP": "0.0.0.0",  # noqa: S104  # as agents report it; nothing is opened
            "containerPort": target.container_port,
            "hostPort": port,
            "protocol": mapping.get("protocol") or "tcp",
        }
        found.append(ContainerReport(name=target.container_name, network_bindings=(binding,)))
    return tuple(found)


def _unasked(view: View, task: Task) -> Iterator[Target | ClassicInstance]:
    """The task's targets that are registered, in use, and have no result yet."""
    for each in task.targets:
        if each.state != "REGISTERED":
            continue
        seen = state_of(view, task.arn, each)
        if seen is None or seen.state != "initial":
            continue
        if each.load_balancer_name:
            arn = classic_instance_arn(classic_arn(task.arn, each), each.target_id)
            yield view.must(CLASSIC_INSTANCES, arn)
        elif view.count(RULES_BY_TARGET_GROUP, each.target_group_arn):
            yield view.must(TARGETS, target_key(each))


def _interval_seconds(view: View, target: Target | ClassicInstance) -> int:
    if isinstance(target, Target):
        group = view.get(TARGET_GROUPS, target.target_group_arn)
        return 0 if group is None else group.health_check.interval_seconds
    balancer = view.get(CLASSIC_LOAD_BALANCERS, target.load_balancer_arn)
    return 0 if balancer is None else balancer.health_check.interval_seconds

"""Which nouns of the APIs are others after a change of one record: for those who show them.

One table, record → what a client calls it. Nothing of a change's content is told: who cares asks
the API again.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from roadstead.acm.records.certificate import CERTIFICATES
from roadstead.ec2.records.network import NETWORK_INTERFACES, SECURITY_GROUPS, SUBNETS, VPCS
from roadstead.ec2.records.routing import INTERNET_GATEWAYS, ROUTE_TABLES
from roadstead.ecs.records.account import ACCOUNT_SETTINGS, CLIENT_TOKENS
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.event import EVENTS, INSTANCE_STATES
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.service import SERVICE_EVENTS, SERVICES, Service
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_definition import FAMILIES, TASK_DEFINITIONS
from roadstead.ecs.records.task_set import TASK_SETS
from roadstead.ecs.records.tuning import TUNING
from roadstead.elb.records.instance import CLASSIC_INSTANCES
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LOAD_BALANCERS,
    RULES,
    Rule,
    forwarded,
)
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TARGETS
from roadstead.servicediscovery.records.instance import DISCOVERY_INSTANCES
from roadstead.servicediscovery.records.namespace import NAMESPACES
from roadstead.servicediscovery.records.operation import DISCOVERY_OPERATIONS
from roadstead.servicediscovery.records.service import DISCOVERY_SERVICES
from roadstead.state.records import Change, Table


class Noun(NamedTuple):
    """Something that an API shows."""

    kind: str
    arn: str
    """Its ARN; where AWS gives it none, its name."""
    cluster: str = ""
    """The ARN of the cluster that it is in, if it is in one."""


Named = Callable[[Any], Noun]


def _itself(kind: str) -> Named:
    return lambda record: Noun(kind, record.arn)


def _in_cluster(kind: str) -> Named:
    return lambda record: Noun(kind, record.arn, record.cluster_arn)


def _part_of(kind: str, owner: str) -> Named:
    """The record has no ARN of its own; the field `owner` holds that of what it belongs to."""
    return lambda record: Noun(kind, getattr(record, owner))


NOUNS: dict[Table[Any], Named] = {
    CLUSTERS: _itself("cluster"),
    CONTAINER_INSTANCES: _in_cluster("container-instance"),
    TASKS: _in_cluster("task"),
    SERVICES: _in_cluster("service"),
    SERVICE_EVENTS: lambda event: _service(event.service_arn),
    SERVICE_DEPLOYMENTS: _in_cluster("service-deployment"),
    SERVICE_REVISIONS: _in_cluster("service-revision"),
    TASK_SETS: _in_cluster("task-set"),
    TASK_DEFINITIONS: _itself("task-definition"),
    FAMILIES: lambda family: Noun("family", family.name),
    ACCOUNT_SETTINGS: lambda setting: Noun("account-setting", setting.name),
    VPCS: _itself("vpc"),
    SUBNETS: _itself("subnet"),
    SECURITY_GROUPS: _itself("security-group"),
    NETWORK_INTERFACES: _itself("interface"),
    ROUTE_TABLES: _itself("route-table"),
    INTERNET_GATEWAYS: _itself("internet-gateway"),
    LOAD_BALANCERS: _itself("load-balancer"),
    LISTENERS: _itself("listener"),
    RULES: _itself("rule"),
    TARGET_GROUPS: _itself("target-group"),
    TARGETS: _part_of("target", "target_group_arn"),
    CLASSIC_LOAD_BALANCERS: _itself("classic-load-balancer"),
    CLASSIC_INSTANCES: _part_of("classic-load-balancer", "load_balancer_arn"),
    NAMESPACES: _itself("namespace"),
    DISCOVERY_SERVICES: _itself("discovery-service"),
    DISCOVERY_INSTANCES: _part_of("discovery-service", "service_arn"),
    CERTIFICATES: _itself("certificate"),
}
"""What a client calls the record of each table."""

SILENT: dict[Table[Any], str] = {
    CLIENT_TOKENS: "no API shows them",
    TUNING: "it is set at the start only",
    EVENTS: "GET /events tells them",
    INSTANCE_STATES: "they are parts of events",
    DISCOVERY_OPERATIONS: "each is done when it is first seen",
}
"""The tables whose changes are told to nobody, and why."""


def changed(change: Change) -> Iterable[tuple[str, Noun]]:
    """(scope, noun) of all that clients may see otherwise after this change."""
    named = NOUNS.get(change.table)
    if named is None:
        return ()
    record = change.after if change.after is not None else change.before
    noun = named(record)
    scope = getattr(record, "scope", "") or scope_of(noun.arn)
    also = ALSO.get(change.table)
    if also is None:
        return ((scope, noun),)
    return ((scope, noun), *((scope, each) for each in also(change.before, change.after)))


def _service(arn: str) -> Noun:
    """A service by its ARN, which names its cluster: `…:service/<cluster>/<service>`."""
    return Noun("service", arn, arn.replace(":service/", ":cluster/", 1).rpartition("/")[0])


def _who_counts_the_task(before: Task | None, after: Task | None) -> Iterable[Noun]:
    """What is shown with counts of its tasks, or with what they leave of it."""
    if (
        before is not None
        and after is not None
        and before.last_status == after.last_status
        and before.desired_status == after.desired_status
    ):
        return
    task = after or before
    assert task is not None
    yield Noun("cluster", task.cluster_arn)
    if task.container_instance_arn:
        yield Noun("container-instance", task.container_instance_arn, task.cluster_arn)
    if task.service_arn:
        yield Noun("service", task.service_arn, task.cluster_arn)


def _who_counts_it(
    before: Service | ContainerInstance | None, after: Service | ContainerInstance | None
) -> Iterable[Noun]:
    """A cluster is shown with counts of its services and container instances."""
    if before is not None and after is not None and before.status == after.status:
        return
    record = after or before
    assert record is not None
    yield Noun("cluster", record.cluster_arn)


def _where_it_leads(before: Rule | None, after: Rule | None) -> Iterable[Noun]:
    """A target group is shown with the load balancers whose rules lead to it."""
    leads = [arn for rule in (before, after) if rule is not None for arn in forwarded(rule)]
    return (Noun("target-group", arn) for arn in dict.fromkeys(leads))


ALSO: dict[Table[Any], Callable[[Any, Any], Iterable[Noun]]] = {
    TASKS: _who_counts_the_task,
    SERVICES: _who_counts_it,
    CONTAINER_INSTANCES: _who_counts_it,
    RULES: _where_it_leads,
}
"""What else is shown otherwise, though no record of it has changed: it is derived."""

"""Which nouns of the APIs are told of, for a change of a record of each table."""

from typing import Any

import pytest

from given import (
    SCHEMA,
    a_cluster,
    a_family,
    a_security_group,
    a_service,
    a_service_event,
    a_subnet,
    a_task,
    a_task_definition,
    a_task_set,
    a_vpc,
    an_instance,
    cluster_arn,
    definition_arn,
    instance_arn,
    service_arn,
    task_arn,
)
from roadstead.acm.records.certificate import CERTIFICATES, Certificate
from roadstead.control.changed_nouns import ALSO, NOUNS, SILENT, Noun, changed
from roadstead.ec2.records.network import (
    NETWORK_INTERFACES,
    SECURITY_GROUPS,
    SUBNETS,
    VPCS,
    NetworkInterface,
    ec2_arn,
)
from roadstead.ec2.records.routing import (
    INTERNET_GATEWAYS,
    ROUTE_TABLES,
    InternetGateway,
    RouteTable,
)
from roadstead.ecs.records.account import ACCOUNT_SETTINGS, AccountSetting, setting_key
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICE_EVENTS, SERVICES
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS, ServiceDeployment
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS, ServiceRevision
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_definition import FAMILIES, TASK_DEFINITIONS
from roadstead.ecs.records.task_set import TASK_SETS
from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    ClassicInstance,
    classic_instance_arn,
)
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS, ClassicLoadBalancer
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LOAD_BALANCERS,
    RULES,
    Listener,
    LoadBalancer,
    Rule,
)
from roadstead.elbv2.records.target_group import (
    TARGET_GROUPS,
    TARGETS,
    Target,
    TargetGroup,
    target_arn,
)
from roadstead.servicediscovery.records.instance import (
    DISCOVERY_INSTANCES,
    DiscoveryInstance,
    discovery_instance_arn,
)
from roadstead.servicediscovery.records.namespace import NAMESPACES, Namespace
from roadstead.servicediscovery.records.service import DISCOVERY_SERVICES, DiscoveryService
from roadstead.state.records import Change, Record, Table

SCOPE = "123456789012/us-east-1"
CLUSTER = cluster_arn()
ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
DISCOVERY = "arn:aws:servicediscovery:us-east-1:123456789012"
GROUP, OTHER_GROUP = f"{ELB}:targetgroup/a/1", f"{ELB}:targetgroup/b/2"


def noun(kind: str, arn: str, cluster: str = "") -> Noun:
    return Noun(kind, arn, cluster)


def its_own(kind: str, record: Record, table: Table[Any], cluster: str = "") -> Any:
    return table, record, [noun(kind, record.arn, cluster)]


def ec2(kind: str, record: type[Record], table: Table[Any], told: str = "") -> Any:
    arn = ec2_arn(SCOPE, kind, "x-1")
    return its_own(told or kind, record(arn=arn, scope=SCOPE), table)  # type: ignore[call-arg]


CLASSIC = f"{ELB}:loadbalancer/old"
NAMED = f"{DISCOVERY}:service/srv-1"
PLAIN = [
    its_own("cluster", a_cluster(), CLUSTERS),
    (
        CONTAINER_INSTANCES,
        an_instance(1),
        [noun("container-instance", instance_arn(1), CLUSTER), noun("cluster", CLUSTER)],
    ),
    (
        SERVICES,
        a_service(),
        [noun("service", service_arn(), CLUSTER), noun("cluster", CLUSTER)],
    ),
    (SERVICE_EVENTS, a_service_event(1, "said"), [noun("service", service_arn(), CLUSTER)]),
    its_own(
        "service-deployment",
        ServiceDeployment(
            arn=service_arn().replace("service", "service-deployment", 1), cluster_arn=CLUSTER
        ),
        SERVICE_DEPLOYMENTS,
        CLUSTER,
    ),
    its_own(
        "service-revision",
        ServiceRevision(
            arn=service_arn().replace("service", "service-revision", 1), cluster_arn=CLUSTER
        ),
        SERVICE_REVISIONS,
        CLUSTER,
    ),
    its_own("task-set", a_task_set(), TASK_SETS, CLUSTER),
    (
        TASKS,
        a_task(1, service_arn=service_arn(), container_instance_arn=instance_arn(2)),
        [
            noun("task", task_arn(1), CLUSTER),
            noun("cluster", CLUSTER),
            noun("container-instance", instance_arn(2), CLUSTER),
            noun("service", service_arn(), CLUSTER),
        ],
    ),
    (TASK_DEFINITIONS, a_task_definition(), [noun("task-definition", definition_arn())]),
    (FAMILIES, a_family("web"), [noun("family", "web")]),
    (
        ACCOUNT_SETTINGS,
        AccountSetting(arn=setting_key(SCOPE, "", "awsvpcTrunking"), scope=SCOPE, name="x"),
        [noun("account-setting", "x")],
    ),
    its_own("vpc", a_vpc(), VPCS),
    its_own("subnet", a_subnet(), SUBNETS),
    its_own("security-group", a_security_group(), SECURITY_GROUPS),
    ec2("network-interface", NetworkInterface, NETWORK_INTERFACES, "interface"),
    ec2("route-table", RouteTable, ROUTE_TABLES),
    ec2("internet-gateway", InternetGateway, INTERNET_GATEWAYS),
    its_own(
        "load-balancer",
        LoadBalancer(arn=f"{ELB}:loadbalancer/app/a/1", scope=SCOPE),
        LOAD_BALANCERS,
    ),
    its_own("listener", Listener(arn=f"{ELB}:listener/app/a/1/2"), LISTENERS),
    its_own("rule", Rule(arn=f"{ELB}:listener-rule/app/a/1/2/3"), RULES),
    its_own("target-group", TargetGroup(arn=GROUP, scope=SCOPE), TARGET_GROUPS),
    (
        TARGETS,
        Target(arn=target_arn(GROUP, "10.0.0.1", 80), target_group_arn=GROUP),
        [noun("target", GROUP)],
    ),
    its_own(
        "classic-load-balancer",
        ClassicLoadBalancer(arn=CLASSIC, scope=SCOPE),
        CLASSIC_LOAD_BALANCERS,
    ),
    (
        CLASSIC_INSTANCES,
        ClassicInstance(arn=classic_instance_arn(CLASSIC, "i-1"), load_balancer_arn=CLASSIC),
        [noun("classic-load-balancer", CLASSIC)],
    ),
    its_own("namespace", Namespace(arn=f"{DISCOVERY}:namespace/ns-1", scope=SCOPE), NAMESPACES),
    its_own("discovery-service", DiscoveryService(arn=NAMED, scope=SCOPE), DISCOVERY_SERVICES),
    (
        DISCOVERY_INSTANCES,
        DiscoveryInstance(arn=discovery_instance_arn(NAMED, "i"), scope=SCOPE, service_arn=NAMED),
        [noun("discovery-service", NAMED)],
    ),
    its_own(
        "certificate",
        Certificate(arn="arn:aws:acm:us-east-1:123456789012:certificate/1", scope=SCOPE),
        CERTIFICATES,
    ),
]


@pytest.mark.parametrize(
    ("table", "record", "nouns"), PLAIN, ids=lambda each: getattr(each, "name", "")
)
def test_what_is_told_of_a_record_that_is_new_or_gone(
    table: Table[Any], record: Record, nouns: list[Noun]
) -> None:
    told = [(SCOPE, each) for each in nouns]
    assert list(changed(Change(table, record.arn, None, record))) == told
    assert list(changed(Change(table, record.arn, record, None))) == told


def test_every_table_is_told_of_or_deliberately_silent() -> None:
    tables = {table.name for table in SCHEMA.tables}
    told, silent = {table.name for table in NOUNS}, {table.name for table in SILENT}
    assert told | silent == tables
    assert told & silent == set()
    assert {table.name for table, _, _ in PLAIN} == told
    assert set(ALSO) <= set(NOUNS)


@pytest.mark.parametrize("table", SILENT, ids=str)
def test_a_silent_table_tells_nothing(table: Table[Any]) -> None:
    assert list(changed(Change(table, "x", None, Record(arn="x")))) == []


def test_a_task_that_counts_as_before_concerns_nobody_else() -> None:
    before = a_task(1, service_arn=service_arn(), last_status="RUNNING")
    for field, value, more in (
        ("health_status", "HEALTHY", 0),
        ("desired_status", "STOPPED", 3),
        ("last_status", "STOPPED", 3),
    ):
        after = a_task(1, service_arn=service_arn(), **{"last_status": "RUNNING", field: value})
        told = [each.kind for _, each in changed(Change(TASKS, after.arn, before, after))]
        assert told == ["task", "cluster", "container-instance", "service"][: 1 + more]


def test_a_cluster_is_told_of_when_its_services_and_instances_count_otherwise() -> None:
    def kinds(table: Table[Any], before: Record, after: Record) -> list[str]:
        return [each.kind for _, each in changed(Change(table, after.arn, before, after))]

    assert kinds(SERVICES, a_service(), a_service(desired_count=9)) == ["service"]
    assert kinds(SERVICES, a_service(), a_service(status="DRAINING")) == ["service", "cluster"]
    assert kinds(CONTAINER_INSTANCES, an_instance(1), an_instance(1, agent_hash="x")) == [
        "container-instance"
    ]
    assert kinds(CONTAINER_INSTANCES, an_instance(1), an_instance(1, status="DRAINING")) == [
        "container-instance",
        "cluster",
    ]


def test_a_rule_concerns_the_target_groups_that_it_leads_and_led_to() -> None:
    def rule(*groups: str) -> Rule:
        forward = {"TargetGroups": [{"TargetGroupArn": each} for each in groups]}
        action = {"Type": "forward", "ForwardConfig": forward}
        return Rule(arn=f"{ELB}:listener-rule/app/a/1/2/3", actions=(action,))

    told = changed(Change(RULES, rule().arn, rule(GROUP), rule(OTHER_GROUP, GROUP)))
    assert [each for _, each in told][1:] == [
        noun("target-group", GROUP),
        noun("target-group", OTHER_GROUP),
    ]


def test_a_noun_of_another_region_says_so() -> None:
    arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/default"
    record = a_cluster(arn=arn)
    assert list(changed(Change(CLUSTERS, arn, None, record))) == [
        ("123456789012/eu-west-1", noun("cluster", arn))
    ]

"""Builders of records with sensible defaults, and `given`, which makes a view of them.

`given(a_service(desired_count=3), a_task(1))` is a state to decide on. Every builder takes any
field of its record by name; numbers name records that differ only by their id.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import msgspec

from roadstead.control.schema import SCHEMA
from roadstead.ec2.records.network import (
    NETWORK_INTERFACES,
    SECURITY_GROUPS,
    SUBNETS,
    VPCS,
    NetworkInterface,
    SecurityGroup,
    Subnet,
    Vpc,
    ec2_arn,
)
from roadstead.ecs.records.account import CLIENT_TOKENS, ClientToken
from roadstead.ecs.records.cluster import CLUSTERS, Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.service import (
    SERVICE_EVENTS,
    SERVICES,
    Deployment,
    Service,
    ServiceEvent,
)
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS, ServiceDeployment
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS, ServiceRevision
from roadstead.ecs.records.task import TASKS, Container, Task, TaskInterface
from roadstead.ecs.records.task_definition import (
    FAMILIES,
    TASK_DEFINITIONS,
    Family,
    TaskDefinition,
    family_key,
)
from roadstead.ecs.records.task_set import TASK_SETS, TaskSet
from roadstead.ecs.records.tuning import TUNING, Tuning
from roadstead.ecs.rules.fleets import share_of
from roadstead.elb.records.instance import CLASSIC_INSTANCES, ClassicInstance
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS, ClassicLoadBalancer
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LOAD_BALANCERS,
    RULES,
    Listener,
    LoadBalancer,
    Rule,
)
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TARGETS, Target, TargetGroup
from roadstead.ids import Ids, SeededIds
from roadstead.servicediscovery.records.instance import DISCOVERY_INSTANCES, DiscoveryInstance
from roadstead.servicediscovery.records.namespace import NAMESPACES, Namespace
from roadstead.servicediscovery.records.service import DISCOVERY_SERVICES, DiscoveryService
from roadstead.state.plans import Call
from roadstead.state.records import Record, Table
from roadstead.state.view import Tx, View

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
ACCOUNT = "123456789012"
REGION = "us-east-1"
SCOPE = f"{ACCOUNT}/{REGION}"

TABLES: dict[type[Record], Table[Any]] = {
    ClassicInstance: CLASSIC_INSTANCES,
    ClassicLoadBalancer: CLASSIC_LOAD_BALANCERS,
    ClientToken: CLIENT_TOKENS,
    Cluster: CLUSTERS,
    ContainerInstance: CONTAINER_INSTANCES,
    DiscoveryInstance: DISCOVERY_INSTANCES,
    DiscoveryService: DISCOVERY_SERVICES,
    Family: FAMILIES,
    Listener: LISTENERS,
    LoadBalancer: LOAD_BALANCERS,
    Namespace: NAMESPACES,
    NetworkInterface: NETWORK_INTERFACES,
    Rule: RULES,
    SecurityGroup: SECURITY_GROUPS,
    Service: SERVICES,
    ServiceDeployment: SERVICE_DEPLOYMENTS,
    ServiceEvent: SERVICE_EVENTS,
    ServiceRevision: SERVICE_REVISIONS,
    Subnet: SUBNETS,
    Target: TARGETS,
    TargetGroup: TARGET_GROUPS,
    Task: TASKS,
    TaskSet: TASK_SETS,
    TaskDefinition: TASK_DEFINITIONS,
    Tuning: TUNING,
    Vpc: VPCS,
}


def given(*records: Record) -> View:
    """A view that holds these records."""
    view = View(SCHEMA)
    tx = Tx(view)
    for record in records:
        tx.put(TABLES[type(record)], record)
    return view


def a_call(*, now: datetime = NOW, ids: Ids | None = None, **fields: Any) -> Call:
    """A call of the account's root, at noon unless said otherwise, with seeded chance."""
    return Call(
        **{
            "account": ACCOUNT,
            "region": REGION,
            "caller_arn": f"arn:aws:iam::{ACCOUNT}:root",
            "request_id": "request-1",
            "now": now,
            "ids": ids or SeededIds(1),
            "endpoint": "http://127.0.0.1:8080",
            **fields,
        }
    )


def ago(seconds: float) -> datetime:
    """That long before noon."""
    return NOW - timedelta(seconds=seconds)


def later(seconds: float) -> datetime:
    """That long after noon."""
    return NOW + timedelta(seconds=seconds)


def an_arn(resource: str) -> str:
    """The ARN of an ECS resource of the account."""
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{resource}"


def cluster_arn(name: str = "default") -> str:
    return an_arn(f"cluster/{name}")


def instance_arn(number: int = 1, cluster: str = "default") -> str:
    return an_arn(f"container-instance/{cluster}/{number:032x}")


def task_arn(number: int = 1, cluster: str = "default") -> str:
    return an_arn(f"task/{cluster}/{number:032x}")


def service_arn(name: str = "web", cluster: str = "default") -> str:
    return an_arn(f"service/{cluster}/{name}")


def definition_arn(family: str = "web", revision: int = 1) -> str:
    return an_arn(f"task-definition/{family}:{revision}")


def deployment_id(number: int = 1) -> str:
    return f"ecs-svc/{10**18 + number}"


def a_cluster(name: str = "default", **fields: Any) -> Cluster:
    return Cluster(**{"arn": cluster_arn(name), "name": name, "created_at": ago(86_400), **fields})


def an_instance(number: int = 1, *, cluster: str = "default", **fields: Any) -> ContainerInstance:
    """An ACTIVE, connected machine of 2 vCPU and 4 GiB in zone a."""
    zone = fields.get("availability_zone", f"{REGION}a")
    return ContainerInstance(
        **{
            "arn": instance_arn(number, cluster),
            "cluster_arn": cluster_arn(cluster),
            "ec2_instance_id": f"i-{number:017x}",
            "agent_connected": True,
            "connections": 1,
            "agent_version": "1.90.0",
            "docker_version": "25.0.0",
            "cpu_units": 2048,
            "memory_mib": 4096,
            "task_interfaces_max": 2,
            "reserved_ports": (22, 2375, 2376, 51678, 51679),
            "attributes": {
                "ecs.availability-zone": zone,
                "ecs.instance-type": "t3.medium",
                "ecs.os-type": "linux",
                "ecs.cpu-architecture": "x86_64",
            },
            "availability_zone": zone,
            "instance_type": "t3.medium",
            "registered_at": ago(7200),
            "connected_at": ago(7200),
            **fields,
        }
    )


def a_task_definition(family: str = "web", revision: int = 1, **fields: Any) -> TaskDefinition:
    """A bridge-mode definition of one container, 128 cpu units and 64 MiB, no host port.

    `document` given here is merged into the default one.
    """
    document: dict[str, Any] = {
        "family": family,
        "networkMode": "bridge",
        "containerDefinitions": [
            {
                "name": "app",
                "image": "busybox:latest",
                "cpu": 128,
                "memory": 64,
                "essential": True,
                "portMappings": [],
                "environment": [],
                "mountPoints": [],
                "volumesFrom": [],
            }
        ],
        "volumes": [],
        "placementConstraints": [],
    }
    document.update(fields.pop("document", {}))
    return TaskDefinition(
        **{
            "arn": definition_arn(family, revision),
            "family": family,
            "revision": revision,
            "document": document,
            "cpu_units": 128,
            "memory_mib": 64,
            "compatibilities": ("EXTERNAL", "EC2"),
            "registered_at": ago(86_400),
            "registered_by": f"arn:aws:iam::{ACCOUNT}:root",
            **fields,
        }
    )


def a_family(name: str = "web", latest_revision: int = 1, **fields: Any) -> Family:
    return Family(
        **{
            "arn": family_key(SCOPE, name),
            "scope": SCOPE,
            "name": name,
            "latest_revision": latest_revision,
            "status": "ACTIVE",
            **fields,
        }
    )


def a_container(name: str = "app", **fields: Any) -> Container:
    return Container(**{"name": name, "image": "busybox:latest", **fields})


def a_task(
    number: int = 1,
    *,
    cluster: str = "default",
    instance: int = 1,
    service: str = "",
    deployment: int = 1,
    **fields: Any,
) -> Task:
    """A RUNNING standalone task on instance 1; of a service's deployment if `service` is named."""
    definition = fields.setdefault("task_definition_arn", definition_arn())
    family = definition.rpartition("/")[2].partition(":")[0]
    last_status = fields.get("last_status", "RUNNING")
    group = {"group": f"family:{family}"}
    if service:
        group = {
            "group": f"service:{service}",
            "service_arn": service_arn(service, cluster),
            "started_by": deployment_id(deployment),
        }
    if last_status == "STOPPED":
        fields.setdefault("desired_status", "STOPPED")
        fields.setdefault("stopped_at", ago(60))
    container_status = "STOPPED" if last_status == "STOPPED" else "PENDING"
    if last_status in ("RUNNING", "STOPPING", "DEACTIVATING"):
        fields.setdefault("started_at", ago(600))
        container_status = "RUNNING"
    return Task(
        **{
            "arn": task_arn(number, cluster),
            "cluster_arn": cluster_arn(cluster),
            "family": family,
            "container_instance_arn": instance_arn(instance, cluster),
            "last_status": "RUNNING",
            "cpu_units": 128,
            "memory_mib": 64,
            "containers": (
                a_container(
                    arn=an_arn(f"container/{cluster}/{number:032x}/{number:08x}"),
                    last_status=container_status,
                ),
            ),
            "availability_zone": f"{REGION}a",
            "connectivity": "CONNECTED",
            "created_at": ago(900),
            **group,
            **fields,
        }
    )


def a_vpc(number: int = 1, **fields: Any) -> Vpc:
    """10.<number>.0.0/16"""
    vpc_id = f"vpc-{number:017x}"
    return Vpc(
        **{
            "arn": ec2_arn(SCOPE, "vpc", vpc_id),
            "vpc_id": vpc_id,
            "scope": SCOPE,
            "cidr": f"10.{number}.0.0/16",
            **fields,
        }
    )


def a_subnet(number: int = 1, *, vpc: int = 1, **fields: Any) -> Subnet:
    """10.<vpc>.<number>.0/24"""
    subnet_id = f"subnet-{number:017x}"
    return Subnet(
        **{
            "arn": ec2_arn(SCOPE, "subnet", subnet_id),
            "subnet_id": subnet_id,
            "scope": SCOPE,
            "vpc_id": f"vpc-{vpc:017x}",
            "cidr": f"10.{vpc}.{number}.0/24",
            "zone": f"{REGION}a",
            **fields,
        }
    )


def a_security_group(name: str = "default", *, vpc: int = 1, **fields: Any) -> SecurityGroup:
    """Without a rule."""
    group_id = f"sg-{crc32(name.encode()):08x}{vpc:09x}"
    return SecurityGroup(
        **{
            "arn": ec2_arn(SCOPE, "security-group", group_id),
            "group_id": group_id,
            "scope": SCOPE,
            "vpc_id": f"vpc-{vpc:017x}",
            "name": name,
            **fields,
        }
    )


def a_task_interface(number: int = 1, *, subnet: int = 1, **fields: Any) -> TaskInterface:
    """ATTACHED, 10.1.<subnet>.<number>."""
    address = f"10.1.{subnet}.{number}"
    return TaskInterface(
        **{
            "attachment_id": f"00000000-0000-0000-0000-{number:012x}",
            "status": "ATTACHED",
            "subnet_id": f"subnet-{subnet:017x}",
            "network_interface_id": f"eni-{number:017x}",
            "mac_address": f"0a:00:00:00:{subnet:02x}:{number:02x}",
            "private_ipv4_address": address,
            "private_dns_name": f"ip-{address.replace('.', '-')}.ec2.internal",
            **fields,
        }
    )


def a_deployment(number: int = 1, **fields: Any) -> Deployment:
    """A COMPLETED PRIMARY deployment of web:1."""
    return Deployment(
        **{
            "id": deployment_id(number),
            "task_definition_arn": definition_arn(),
            "rollout_state": "COMPLETED",
            "rollout_state_reason": f"ECS deployment {deployment_id(number)} completed.",
            "created_at": ago(3600),
            "updated_at": ago(1800),
            **fields,
        }
    )


def a_service(name: str = "web", *, cluster: str = "default", **fields: Any) -> Service:
    """An ACTIVE REPLICA service, one task, its first deployment COMPLETED."""
    desired_count = fields.get("desired_count", 1)
    deployments = fields.pop("deployments", None) or (a_deployment(),)
    first = msgspec.structs.replace(deployments[0], desired_count=desired_count)
    return Service(
        **{
            "arn": service_arn(name, cluster),
            "name": name,
            "cluster_arn": cluster_arn(cluster),
            "desired_count": 1,
            "task_definition_arn": first.task_definition_arn,
            "deployments": (first, *deployments[1:]),
            "created_at": ago(3600),
            "created_by": f"arn:aws:iam::{ACCOUNT}:root",
            **fields,
        }
    )


def a_service_event(number: int, message: str, *, service: str = "web") -> ServiceEvent:
    arn = service_arn(service)
    return ServiceEvent(
        arn=f"{arn}/event/{number}",
        service_arn=arn,
        number=number,
        id=f"00000000-0000-0000-0000-{number:012d}",
        created_at=ago(600 - number),
        message=message,
    )


def tuned(**numbers: int) -> Tuning:
    """Other numbers than ECS's own."""
    return Tuning(**numbers)


def a_task_set(number: int = 1, *, service: str = "web", **fields: Any) -> TaskSet:
    """An ACTIVE task set of web:1 that wants all of its service's tasks."""
    identifier = deployment_id(number)
    return TaskSet(
        **{
            "arn": an_arn(f"task-set/default/{service}/{identifier}"),
            "id": identifier,
            "service_arn": service_arn(service),
            "cluster_arn": cluster_arn(),
            "task_definition_arn": definition_arn(),
            "scale_percent": 100.0,
            "created_at": ago(3600 - number),
            "updated_at": ago(3600 - number),
            "stability_status_at": ago(3600 - number),
            **fields,
        }
    )


def an_external_service(*task_sets: TaskSet, **fields: Any) -> Service:
    """A service of the controller EXTERNAL, with the deployments of its task sets."""
    desired_count = fields.setdefault("desired_count", 4)
    service = a_service(deployment_controller="EXTERNAL", **fields)
    return msgspec.structs.replace(
        service,
        task_definition_arn="",
        deployments=tuple(
            a_deployment(
                status=each.status,
                id=each.id,
                scale_percent=each.scale_percent,
                desired_count=share_of(desired_count, each.scale_percent),
                task_definition_arn=each.task_definition_arn,
            )
            for each in task_sets
        ),
    )

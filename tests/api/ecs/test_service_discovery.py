"""Services whose tasks are found by name: registries, registrations, health, names."""

from typing import Any

import pytest
from networks import SCOPE, Site, network
from registered import register
from reports import running, stopped
from services import refusal_of

from api_server import ACCOUNT, REGION, ApiServer
from given import a_call
from roadstead.aws.arns import last_part
from roadstead.aws.errors import ApiError
from roadstead.control import fabric_view
from roadstead.control.fabric_items import NameItem
from roadstead.ecs.transitions.task_reports import report_task_health
from roadstead.servicediscovery.operations.table import READS, WRITES

pytestmark = pytest.mark.usefixtures("cluster")


class Registry:
    """A namespace shop.local in the VPC, with services that are made when they are named."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._call = a_call(account=ACCOUNT, region=REGION)
        self._ask("CreatePrivateDnsNamespace", Name="shop.local", Vpc="vpc-1")
        (found,) = self._ask("ListNamespaces")["Namespaces"]
        self._namespace = found["Id"]

    def service(self, name: str = "web", *types: str, checked: bool = False) -> str:
        """The ARN of a service with records of these types."""
        fields: dict[str, Any] = {"HealthCheckCustomConfig": {}} if checked else {}
        records = [{"Type": each, "TTL": 10} for each in types or ("A",)]
        made = self._ask(
            "CreateService",
            Name=name,
            NamespaceId=self._namespace,
            DnsConfig={"DnsRecords": records},
            **fields,
        )
        return str(made["Service"]["Arn"])

    def instances(self, arn: str) -> dict[str, dict[str, str]]:
        """Instance id → attributes."""
        found = self._ask("ListInstances", ServiceId=arn)["Instances"]
        return {each["Id"]: each["Attributes"] for each in found}

    def health(self, arn: str) -> list[str]:
        return list(self._ask("GetInstancesHealthStatus", ServiceId=arn)["Status"].values())

    def refuses(self, name: str, **request: Any) -> str:
        """The code of the refusal."""
        with pytest.raises(ApiError) as refusal:
            self._ask(name, **request)
        return refusal.value.code

    def delete(self, arn: str) -> None:
        self._ask("DeleteService", Id=arn)

    def deregister(self, arn: str, instance: str) -> None:
        self._ask("DeregisterInstance", ServiceId=arn, InstanceId=instance)

    def _ask(self, name: str, **request: Any) -> dict[str, Any]:
        self._server.settle()
        table: Any = WRITES if name in WRITES else READS
        answer = self._server.update(lambda tx: table[name](tx, self._call, request))
        self._server.settle()
        return dict(answer)


@pytest.fixture
def site(server: ApiServer, ecs: Any) -> Site:
    mappings = [{"containerPort": 80}]
    define(ecs, "vpc", mappings, networkMode="awsvpc")
    define(ecs, "bridge", [{"containerPort": 80, "hostPort": 0}])
    return Site(server, ecs)


@pytest.fixture
def registry(server: ApiServer, site: Site) -> Registry:  # makes the VPC
    return Registry(server)


def define(ecs: Any, family: str, mappings: list[dict[str, int]], **members: Any) -> None:
    check = members.pop("check", False)
    container: dict[str, Any] = {
        "name": "app",
        "image": "b",
        "memory": 64,
        "portMappings": mappings,
    }
    if check:
        container["healthCheck"] = {"command": ["CMD", "true"]}
    register(ecs, family, containerDefinitions=[container], **members)


def create(ecs: Any, *registries: dict[str, Any], **members: Any) -> dict[str, Any]:
    family = members.pop("family", "vpc")
    fields: dict[str, Any] = {} if family == "bridge" else {"networkConfiguration": network()}
    service = ecs.create_service(
        **{
            "serviceName": "web",
            "taskDefinition": family,
            "desiredCount": 1,
            "serviceRegistries": list(registries),
            **fields,
            **members,
        }
    )["service"]
    return dict(service)


def refused(ecs: Any, *registries: dict[str, Any], **members: Any) -> str:
    code, message = refusal_of(create, ecs, *registries, **members)
    assert code == "InvalidParameterException"
    return message


def the_service(ecs: Any) -> dict[str, Any]:
    (service,) = ecs.describe_services(services=["web"])["services"]
    return dict(service)


def tasks(ecs: Any, status: str = "RUNNING") -> list[dict[str, Any]]:
    arns = ecs.list_tasks(serviceName="web", desiredStatus=status)["taskArns"]
    return list(ecs.describe_tasks(tasks=arns)["tasks"]) if arns else []


def agents_work(ecs: Any, site: Site, **news: Any) -> list[dict[str, Any]]:
    """Hosts and agents do all that they were asked to; returns the tasks that are to run."""
    for _ in range(3):
        site.host_answers()
        for task in tasks(ecs):
            if task["lastStatus"] == "PENDING":
                running(ecs, task["taskArn"], **news)
        for task in tasks(ecs, "STOPPED"):
            if task["lastStatus"] in ("PENDING", "RUNNING", "STOPPING"):
                stopped(ecs, task["taskArn"])
    site.host_answers()
    return tasks(ecs)


def names(server: ApiServer) -> dict[tuple[str, str], tuple[str, ...]]:
    """(name, type) → records, of the namespace."""
    view = server.plane.store.view

    def found() -> list[Any]:
        keys = [each for each in fabric_view.keys(view, SCOPE) if each.kind == "name"]
        return [fabric_view.value(view, SCOPE, each) for each in keys]

    items = server.on_loop(found)
    return {
        (each.name, each.type): each.records
        for each in items
        if isinstance(each, NameItem) and each.name.endswith("shop.local")
    }


def test_one_registry_per_service(ecs: Any, site: Site, registry: Registry) -> None:
    entries = [{"registryArn": registry.service(name)} for name in ("one", "two")]
    assert create(ecs, entries[0])["serviceRegistries"] == [entries[0]]
    assert the_service(ecs)["serviceRegistries"] == [entries[0]]
    message = refused(ecs, *entries, serviceName="both")
    assert message.startswith("service registries can have at most 1 items")


def test_the_instance_is_the_task(
    ecs: Any, server: ApiServer, site: Site, registry: Registry
) -> None:
    arn = registry.service("web", "A", "SRV")
    site.machine()
    create(ecs, {"registryArn": arn, "containerName": "app", "containerPort": 80})
    (task,) = agents_work(ecs, site)
    ident = last_part(task["taskArn"])
    (interface,) = site.interfaces()
    assert registry.instances(arn) == {
        ident: {
            "AWS_INSTANCE_IPV4": interface.private_ip_address,
            "AWS_INSTANCE_PORT": "80",
            "AVAILABILITY_ZONE": f"{REGION}a",
            "REGION": REGION,
            "ECS_SERVICE_NAME": "web",
            "ECS_CLUSTER_NAME": "default",
            "EC2_INSTANCE_ID": "i-00000000000000001",
            "ECS_TASK_DEFINITION_FAMILY": "vpc",
        }
    }
    assert names(server) == {
        ("web.shop.local", "A"): (interface.private_ip_address,),
        ("web.shop.local", "SRV"): (f"1 1 80 {ident}.web.shop.local",),
        (f"{ident}.web.shop.local", "A"): (interface.private_ip_address,),
    }


def test_a_bridge_task_is_at_its_instance_and_host_port(
    ecs: Any, site: Site, registry: Registry
) -> None:
    arn = registry.service("web", "SRV")
    site.machine("t3.medium", "a")
    create(
        ecs,
        {"registryArn": arn, "containerName": "app", "containerPort": 80},
        family="bridge",
    )
    bound = {"containerPort": 80, "hostPort": 32768, "protocol": "tcp", "bindIP": "0.0.0.0"}
    agents_work(ecs, site, networkBindings=[bound])
    (attributes,) = registry.instances(arn).values()
    assert attributes["AWS_INSTANCE_IPV4"] == "10.0.0.101"
    assert attributes["AWS_INSTANCE_PORT"] == "32768"


def test_registered_on_running_deregistered_on_stop(
    ecs: Any, server: ApiServer, site: Site, registry: Registry
) -> None:
    arn = registry.service()
    site.machine()
    create(ecs, {"registryArn": arn})
    site.host_answers()
    (task,) = tasks(ecs)
    assert (task["lastStatus"], registry.instances(arn)) == ("PENDING", {})
    running(ecs, task["taskArn"])
    server.settle()
    (task,) = tasks(ecs)
    assert (task["lastStatus"], len(registry.instances(arn))) == ("RUNNING", 1)
    assert registry.refuses("DeleteService", Id=arn) == "ResourceInUse"
    ecs.update_service(service="web", desiredCount=0)
    server.settle()
    assert registry.instances(arn) == {}
    (task,) = tasks(ecs, "STOPPED")
    assert task["lastStatus"] == "STOPPING"
    assert names(server) == {}


def test_a_task_that_dies_by_itself_is_found_no_more(
    ecs: Any, server: ApiServer, site: Site, registry: Registry
) -> None:
    arn = registry.service()
    site.machine()
    create(ecs, {"registryArn": arn})
    (task,) = agents_work(ecs, site)
    stopped(ecs, task["taskArn"], exit_code=1)
    server.settle()
    assert last_part(task["taskArn"]) not in registry.instances(arn)


def test_service_discovery_entries_removed(
    ecs: Any, server: ApiServer, site: Site, registry: Registry
) -> None:
    arn = registry.service()
    machine = site.machine()
    create(ecs, {"registryArn": arn})
    agents_work(ecs, site)
    ecs.deregister_container_instance(containerInstance=machine, force=True)
    server.settle()
    assert registry.instances(arn) == {}


def test_health_of_the_task_is_that_of_its_instance(
    ecs: Any, server: ApiServer, site: Site, registry: Registry
) -> None:
    arn = registry.service(checked=True)
    define(ecs, "vpc", [{"containerPort": 80}], networkMode="awsvpc", check=True)
    site.machine(
        "t3.medium", "a", "ecs.capability.task-eni", "ecs.capability.container-health-check"
    )
    create(ecs, {"registryArn": arn})
    (task,) = agents_work(ecs, site)
    assert registry.health(arn) == ["UNHEALTHY"]
    for status in ("HEALTHY", "UNHEALTHY"):
        report_health(server, task, status)
        assert registry.health(arn) == [status]


def report_health(server: ApiServer, task: dict[str, Any], status: str) -> None:
    call, arns = a_call(), (task["containerInstanceArn"], task["taskArn"])
    server.update(lambda tx: report_task_health(tx, call, *arns, {"app": status}))
    server.settle()


def test_a_task_without_checks_is_healthy(ecs: Any, site: Site, registry: Registry) -> None:
    arn = registry.service(checked=True)
    site.machine()
    create(ecs, {"registryArn": arn})
    agents_work(ecs, site)
    assert registry.health(arn) == ["HEALTHY"]


def test_1000_tasks_per_service(ecs: Any, site: Site, registry: Registry) -> None:
    entry = {"registryArn": registry.service()}
    assert "at most 1000 tasks" in refused(ecs, entry, desiredCount=1001)
    create(ecs, entry, desiredCount=1)
    code, message = refusal_of(ecs.update_service, service="web", desiredCount=1001)
    assert (code, "at most 1000 tasks" in message) == ("InvalidParameterException", True)


def test_update_or_remove_starts_deployment(
    ecs: Any, server: ApiServer, site: Site, registry: Registry
) -> None:
    site.machine()
    one, two = ({"registryArn": registry.service(name)} for name in ("one", "two"))
    create(ecs, one)
    agents_work(ecs, site)
    ecs.update_service(service="web", serviceRegistries=[one])
    assert len(the_service(ecs)["deployments"]) == 1
    for wanted in ([two], []):
        ecs.update_service(service="web", serviceRegistries=wanted)
        assert len(the_service(ecs)["deployments"]) == 2
        for _ in range(4):
            agents_work(ecs, site)
            server.advance(45)
        assert len(the_service(ecs)["deployments"]) == 1
        assert the_service(ecs)["serviceRegistries"] == wanted
        assert registry.instances(one["registryArn"]) == {}
        assert len(registry.instances(two["registryArn"])) == len(wanted)


BRIDGE = "When specifying 'host' or 'bridge' for networkMode"


@pytest.mark.parametrize(
    ("types", "family", "members", "said"),
    [
        (("SRV",), "bridge", {}, f"{BRIDGE}, values for 'containerName' and 'containerPort'"),
        (("SRV",), "bridge", {"port": 80}, f"{BRIDGE}, values for"),
        (("A",), "bridge", {"containerName": "app", "containerPort": 80}, f"{BRIDGE}, the regis"),
        (("SRV",), "vpc", {}, "either 'port', or 'containerName' and"),
        (
            ("SRV",),
            "vpc",
            {"port": 80, "containerName": "app", "containerPort": 80},
            "but not both",
        ),
        (("SRV",), "vpc", {"containerName": "app"}, "together"),
        (
            ("SRV",),
            "vpc",
            {"containerName": "db", "containerPort": 80},
            "The container db does not exist in the task definition.",
        ),
        (
            ("SRV",),
            "vpc",
            {"containerName": "app", "containerPort": 81},
            "The container app did not have a container port 81 defined.",
        ),
        (("SRV",), "vpc", {"port": 70000}, "between 1 and 65535"),
    ],
)
def test_what_a_registry_needs_of_the_tasks(
    ecs: Any,
    site: Site,
    registry: Registry,
    types: tuple[str, ...],
    family: str,
    members: dict[str, Any],
    said: str,
) -> None:
    arn = registry.service("web", *types)
    assert said in refused(ecs, {"registryArn": arn, **members}, family=family)


def test_a_registry_must_exist(ecs: Any, site: Site, registry: Registry) -> None:
    arn = registry.service()
    registry.delete(arn)
    assert refused(ecs, {"registryArn": arn}) == f"The service registry {arn} does not exist."
    assert refused(ecs, {"port": 80}) == "A service registry needs a registryArn."


def test_a_registry_that_went_is_told_of_and_tried_again(
    ecs: Any, server: ApiServer, site: Site, registry: Registry
) -> None:
    arn = registry.service()
    site.machine()
    create(ecs, {"registryArn": arn})
    site.host_answers()
    registry.delete(arn)
    (task,) = agents_work(ecs, site)
    assert task["lastStatus"] == "ACTIVATING"
    said = f"(service web) failed to register instances in (service-registry {arn})"
    assert [each for each in the_service(ecs)["events"] if each["message"].startswith(said)]
    ecs.update_service(service="web", desiredCount=0)
    agents_work(ecs, site)
    assert [each["lastStatus"] for each in tasks(ecs, "STOPPED")] == ["STOPPED"]


def test_a_task_set_tells_its_external_id(ecs: Any, site: Site, registry: Registry) -> None:
    arn = registry.service()
    site.machine()
    ecs.create_service(serviceName="web", desiredCount=1, deploymentController={"type": "EXTERNAL"})
    made = ecs.create_task_set(
        cluster="default",
        service="web",
        taskDefinition="vpc",
        externalId="blue-7",
        networkConfiguration=network(),
        serviceRegistries=[{"registryArn": arn}],
        scale={"value": 100, "unit": "PERCENT"},
    )["taskSet"]
    assert made["serviceRegistries"] == [{"registryArn": arn}]
    for _ in range(3):
        site.host_answers()
        arns = ecs.list_tasks(startedBy=made["id"])["taskArns"]
        for each in arns:
            running(ecs, each)
    (attributes,) = registry.instances(arn).values()
    assert attributes["ECS_TASK_SET_EXTERNAL_ID"] == "blue-7"

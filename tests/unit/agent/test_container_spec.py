"""From a payload's container to what the runtime is told to make."""

import json
from typing import Any

import msgspec
import pytest
from engine_driver import SETTINGS, Driver, arn, container, task

from roadstead.agent.engine import instructions as ask
from roadstead.agent.runtime.port import ContainerSpec, Mount, PortMapping, Ulimit


def spec_of(definition: dict[str, Any], **members: Any) -> ContainerSpec:
    driver = Driver()
    driver.run(task("t1", definition, **members))
    created = [i.spec for i in driver.of(ask.Create)]
    assert created, driver.reports
    spec: ContainerSpec = created[-1]
    return spec


def docker(config: dict[str, Any] | None = None, **host: Any) -> dict[str, Any]:
    return {"dockerConfig": {"config": json.dumps(config or {}), "hostConfig": json.dumps(host)}}


def failure_of(definition: dict[str, Any]) -> str:
    driver = Driver()
    driver.run(task("t1", definition))
    return str(driver.reports[-1].containers[-1].reason)


def test_the_recorded_payload_becomes_the_container_it_describes() -> None:
    spec = spec_of(
        container(
            "httpd",
            image="busybox:latest",
            command=["sh", "-c", "exec httpd -f -p 80 -h /w"],
            environment={"GREETING": "roadstead"},
            portMappings=[{"containerPort": 80, "hostPort": 18090, "protocol": "tcp"}],
            overrides="{}",
            **docker(NetworkMode="bridge", CapAdd=[], CapDrop=[]),
        )
    )
    assert spec == ContainerSpec(
        container_id=spec.container_id,
        task_arn=arn("t1"),
        container_name="httpd",
        image="busybox:latest",
        command=("sh", "-c", "exec httpd -f -p 80 -h /w"),
        environment={
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "GREETING": "roadstead",
        },
        labels={
            "com.amazonaws.ecs.cluster": "proto",
            "com.amazonaws.ecs.container-name": "httpd",
            "com.amazonaws.ecs.task-arn": arn("t1"),
            "com.amazonaws.ecs.task-definition-family": "web",
            "com.amazonaws.ecs.task-definition-version": "1",
        },
        port_mappings=(PortMapping(80, 18090, "tcp"),),
        cpu_shares=64,
        memory_bytes=64 * 1024 * 1024,
    )
    assert len(spec.container_id) == 64


def test_every_docker_setting_reaches_the_runtime() -> None:
    spec = spec_of(
        container(
            **docker(
                {"User": "1000:1000", "WorkingDir": "/w", "Hostname": "h", "Tty": True,
                 "OpenStdin": True, "Labels": {"a": "b"}},
                Privileged=True, ReadonlyRootfs=True, CapAdd=["NET_ADMIN"], CapDrop=["ALL"],
                Ulimits=[{"Name": "nofile", "Soft": 10, "Hard": 20}], ExtraHosts=["db:10.0.0.1"],
                Dns=["1.1.1.1"], DnsSearch=["local"], Sysctls={"net.core.somaxconn": "9"},
                Init=True, ShmSize=1024, MemoryReservation=2048, MemorySwap=4096,
                MemorySwappiness=0, Tmpfs={"/t": "size=8m"}, SecurityOpt=["no-new-privileges"],
            )
        ),
        cpu=0.5,
        memory=512,
        pidMode="host",
    )  # fmt: skip
    assert (spec.user, spec.working_directory, spec.hostname) == ("1000:1000", "/w", "h")
    assert (spec.terminal, spec.stdin_open, spec.labels["a"]) == (True, True, "b")
    assert (spec.privileged, spec.read_only_root, spec.init) == (True, True, True)
    assert (spec.capabilities_add, spec.capabilities_drop) == (("NET_ADMIN",), ("ALL",))
    assert spec.ulimits == (Ulimit("nofile", 10, 20),)
    assert spec.extra_hosts == (("db", "10.0.0.1"),)
    assert (spec.dns_servers, spec.dns_search) == (("1.1.1.1",), ("local",))
    assert spec.sysctls == {"net.core.somaxconn": "9"}
    assert (spec.shm_bytes, spec.memory_reservation_bytes) == (1024, 2048)
    assert (spec.memory_swap_bytes, spec.memory_swappiness) == (4096, 0)
    assert (spec.tmpfs, spec.no_new_privileges) == ({"/t": "size=8m"}, True)
    assert (spec.task_cpu_units, spec.task_memory_bytes) == (512, 512 * 1024 * 1024)
    assert spec.pid_mode == "host"


def test_names_in_docker_strings_match_without_regard_to_case() -> None:
    assert spec_of(container(**docker(readonlyrootfs=True))).read_only_root


def test_a_command_override_replaces_the_command() -> None:
    spec = spec_of(container(command=["a"], overrides='{"command":["b","c"],"cpu":7}'))
    assert spec.command == ("b", "c")


def test_the_task_decides_its_region_variables() -> None:
    spec = spec_of(container(environment={"AWS_REGION": "eu-west-1"}))
    assert spec.environment["AWS_REGION"] == "eu-west-1"


def test_no_variable_names_an_endpoint_that_is_not_served() -> None:
    assert not [name for name in spec_of(container()).environment if "URI" in name]


def test_least_values_are_those_of_the_ecs_agent() -> None:
    spec = spec_of(container(cpu=0, memory=1))
    assert (spec.cpu_shares, spec.memory_bytes) == (2, 4 * 1024 * 1024)


def test_host_and_none_networks_publish_no_ports() -> None:
    ports = [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    for mode in ("host", "none"):
        spec = spec_of(container(portMappings=ports, **docker(NetworkMode=mode)), networkMode=mode)
        assert (spec.network_mode, spec.port_mappings) == (mode, ())


def test_volumes_come_from_the_host_or_from_the_task() -> None:
    points = [
        {"sourceVolume": "etc", "containerPath": "/e", "readOnly": True},
        {"sourceVolume": "scratch", "containerPath": "/s"},
    ]
    volumes = [
        {"name": "etc", "type": "host", "host": {"sourcePath": "/etc"}},
        {"name": "scratch", "host": {}},
    ]
    spec = spec_of(container(mountPoints=points), volumes=volumes)
    assert spec.mounts == (
        Mount("/etc", "/e", True, "host"),
        Mount("scratch", "/s", False, "volume"),
    )


def test_volumes_from_another_container_are_mounted_too() -> None:
    driver = Driver()
    driver.run(
        task(
            "t1",
            container("data", mountPoints=[{"sourceVolume": "v", "containerPath": "/d"}]),
            container("app", volumesFrom=[{"sourceContainer": "data", "readOnly": True}]),
            volumes=[{"name": "v", "host": {}}],
        )
    )
    [spec] = [i.spec for i in driver.of(ask.Create) if i.spec.container_name == "app"]
    assert spec.mounts == (Mount("v", "/d", True, "volume"),)


def test_links_name_the_linked_container_by_its_id() -> None:
    driver = Driver()
    driver.run(task("t1", container("db"), container("app", links=["db:store"])))
    [spec] = [i.spec for i in driver.of(ask.Create) if i.spec.container_name == "app"]
    assert spec.links == ((driver.id_of("db"), "store"),)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"dockerConfig": {"config": "{", "hostConfig": ""}}, "DockerClientConfigError: config"),
        ({"dockerConfig": {"config": "", "hostConfig": "[]"}}, "HostConfigError: hostConfig"),
        (docker(Privileged="yes"), "HostConfigError: 'privileged'"),
        (docker(Devices=[{"PathOnHost": "/dev/x"}]), "HostConfigError: this agent cannot honour"),
        (docker(SecurityOpt=["apparmor:x"]), "CannotCreateContainerError: this agent cannot"),
        (
            docker(LogConfig={"Type": "awslogs"}),
            "CannotCreateContainerError: this agent has no log",
        ),
        (docker(NetworkMode="container:x"), "CannotCreateContainerError: this agent has no netw"),
        (docker(ExtraHosts=["nonsense"]), "HostConfigError: extra host"),
        (docker(Ulimits=[{"Name": "nofile"}]), "HostConfigError: a ulimit"),
        ({"overrides": "nonsense"}, "CannotCreateContainerError: the overrides"),
    ],
)
def test_what_cannot_be_honoured_fails_the_container_and_says_so(
    members: dict[str, Any], reason: str
) -> None:
    assert failure_of(container(**members)).startswith(reason)


def test_an_empty_setting_that_is_not_known_does_no_harm() -> None:
    assert spec_of(container(**docker(Devices=[], Binds=None, AutoRemove=False)))


@pytest.mark.parametrize("mode", ["bridge", "host"])
def test_names_are_asked_of_the_instances_server_unless_the_definition_names_another(
    mode: str,
) -> None:
    settings = msgspec.structs.replace(SETTINGS, dns_server="10.0.0.2")

    def servers(definition: dict[str, Any]) -> tuple[str, ...]:
        driver = Driver(settings)
        driver.run(task("t1", definition, networkMode=mode))
        (create,) = driver.of(ask.Create)
        found: tuple[str, ...] = create.spec.dns_servers
        return found

    assert servers(container()) == ("10.0.0.2",)
    assert servers(container(**docker(Dns=["1.1.1.1"]))) == ("1.1.1.1",)

"""Tasks as agents are told of them."""

import json
from typing import Any

import msgspec

from given import (
    a_container,
    a_subnet,
    a_task,
    a_task_definition,
    a_task_interface,
    a_vpc,
    ago,
    an_arn,
    an_instance,
    cluster_arn,
    given,
    instance_arn,
    task_arn,
)
from roadstead.agent_protocol.messages.acs import TaskIdentity
from roadstead.agent_protocol.messages.payload import PayloadTask
from roadstead.ecs.views.agent_payload import (
    manifest_for_agent,
    payload_task,
    stops_confirmed,
    tasks_of_agent,
)


def encoded(
    container: dict[str, Any], *, task: dict[str, Any] | None = None, **document: Any
) -> Any:
    """The payload, as it travels, of a task with one container."""
    definition = a_task_definition(
        network_mode=document.get("networkMode", "bridge"),
        document={
            "containerDefinitions": [{"name": "app", "image": "busybox", **container}],
            **document,
        },
    )
    view = given(an_instance(1), definition, a_task(1, **(task or {})))
    [task] = tasks_of_agent(view, instance_arn())
    return json.loads(msgspec.json.encode(payload_task(view, task)))


def container(definition: dict[str, Any], **rest: Any) -> Any:
    return encoded(definition, **rest)["containers"][0]


def docker(definition: dict[str, Any], **rest: Any) -> tuple[Any, Any, str]:
    found = container(definition, **rest)["dockerConfig"]
    return json.loads(found["config"]), json.loads(found["hostConfig"]), found["version"]


def test_a_bridge_task_with_a_port_is_what_agents_were_seen_to_accept() -> None:
    definition = {
        "name": "httpd",
        "image": "busybox:latest",
        "cpu": 64,
        "memory": 64,
        "essential": True,
        "command": ["sh", "-c", "exec httpd -f"],
        "environment": [{"name": "GREETING", "value": "roadstead"}],
        "portMappings": [{"containerPort": 80, "hostPort": 18090, "protocol": "tcp"}],
        "mountPoints": [],
        "volumesFrom": [],
    }
    arn = an_arn("container/default/1/httpd")
    told = encoded(definition, task={"containers": (a_container("httpd", arn=arn),)})
    assert told == {
        "arn": task_arn(1),
        "desiredStatus": "RUNNING",
        "taskClusterArn": cluster_arn(),
        "family": "web",
        "version": "1",
        "overrides": "{}",
        "group": "family:web",
        "launchType": "EC2",
        "networkMode": "bridge",
        "zone": "us-east-1a",
        "taskDefinitionAccountId": "123456789012",
        "containers": [
            {
                "name": "httpd",
                "image": "busybox:latest",
                "cpu": 64,
                "memory": 64,
                "essential": True,
                "command": ["sh", "-c", "exec httpd -f"],
                "environment": {"GREETING": "roadstead"},
                "portMappings": [{"containerPort": 80, "hostPort": 18090}],
                "overrides": "{}",
                "dockerConfig": {
                    "config": "{}",
                    "hostConfig": '{"NetworkMode":"bridge","CapAdd":[],"CapDrop":[]}',
                    "version": "1.17",
                },
                "containerArn": arn,
            }
        ],
    }


def test_a_task_that_should_stop_is_named_and_no_more() -> None:
    view = given(an_instance(1), a_task(1, desired_status="STOPPED"))
    [task] = tasks_of_agent(view, instance_arn())
    assert payload_task(view, task) == PayloadTask(
        arn=task_arn(1), desired_status="STOPPED", task_cluster_arn=cluster_arn()
    )


def test_essential_is_said_though_it_is_the_definitions_default() -> None:
    assert container({})["essential"] is True
    assert "essential" not in container({"essential": False})


def test_cpu_and_memory_of_the_task_are_vcpus_and_mib() -> None:
    told = encoded({}, cpu="0.5 vCPU", memory="1 GB")
    assert (told["cpu"], told["memory"]) == (0.5, 1024)
    told = encoded({}, cpu="512", task={"overrides": {"cpu": "256", "memory": "300"}})
    assert (told["cpu"], told["memory"]) == (0.25, 300)


def test_only_a_reservation_is_no_limit() -> None:
    assert "memory" not in container({"memoryReservation": 64})
    _, host_config, _ = docker({"memoryReservation": 64})
    assert host_config["MemoryReservation"] == 64 * 1024 * 1024


def test_TK_51_overrides_are_merged_in() -> None:
    override = {
        "name": "app",
        "command": ["b"],
        "environment": [{"name": "B", "value": "two"}, {"name": "C", "value": "3"}],
        "cpu": 200,
        "memory": 99,
    }
    told = container(
        {
            "command": ["a"],
            "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
            "cpu": 100,
        },
        task={"overrides": {"containerOverrides": [override]}},
    )
    assert told["command"] == ["b"]
    assert told["environment"] == {"A": "1", "B": "two", "C": "3"}
    assert (told["cpu"], told["memory"]) == (200, 99)


def test_ports_follow_the_network_mode() -> None:
    mapping = {"containerPort": 53, "hostPort": 0, "protocol": "udp", "name": "dns"}
    ports = {"portMappings": [mapping]}
    assert container(ports)["portMappings"] == [{"containerPort": 53, "protocol": "udp"}]
    assert container(ports, networkMode="host")["portMappings"] == [
        {"containerPort": 53, "hostPort": 53, "protocol": "udp"}
    ]
    assert "portMappings" not in container(ports, networkMode="awsvpc")
    ranged = {"portMappings": [{"containerPortRange": "9000-9003", "protocol": "tcp"}]}
    assert container(ranged)["portMappings"] == [{"containerPortRange": "9000-9003"}]


def test_dockers_network_mode_is_told_in_every_host_config() -> None:
    for mode in ("bridge", "host", "none"):
        assert docker({}, networkMode=mode)[1]["NetworkMode"] == mode


def test_what_docker_calls_config() -> None:
    config, _, version = docker(
        {
            "user": "1000",
            "workingDirectory": "/w",
            "hostname": "h",
            "dockerLabels": {"a": "b"},
            "interactive": True,
            "pseudoTerminal": True,
            "disableNetworking": True,
            "healthCheck": {"command": ["CMD-SHELL", "true"], "interval": 10, "timeout": 2},
        }
    )
    assert config == {
        "User": "1000",
        "WorkingDir": "/w",
        "Hostname": "h",
        "Labels": {"a": "b"},
        "OpenStdin": True,
        "Tty": True,
        "NetworkDisabled": True,
        "Healthcheck": {
            "Test": ["CMD-SHELL", "true"],
            "Interval": 10_000_000_000,
            "Timeout": 2_000_000_000,
            "Retries": 3,
            "StartPeriod": 0,
        },
    }
    assert version == "1.24"


def test_a_health_check_is_said_to_be_dockers() -> None:
    assert container({"healthCheck": {"command": ["CMD", "x"]}})["healthCheckType"] == "docker"
    assert "healthCheckType" not in container({})


def test_what_docker_calls_host_config() -> None:
    _, host_config, version = docker(
        {
            "memory": 100,
            "privileged": True,
            "readonlyRootFilesystem": True,
            "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
            "extraHosts": [{"hostname": "a", "ipAddress": "10.0.0.1"}],
            "dnsServers": ["10.0.0.2"],
            "dnsSearchDomains": ["x.org"],
            "dockerSecurityOptions": ["no-new-privileges"],
            "systemControls": [{"namespace": "net.core.somaxconn", "value": "9"}],
            "logConfiguration": {"logDriver": "json-file", "options": {"max-size": "1m"}},
            "linuxParameters": {
                "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]},
                "initProcessEnabled": True,
                "sharedMemorySize": 8,
                "maxSwap": 50,
                "swappiness": 0,
                "devices": [{"hostPath": "/dev/fuse", "permissions": ["read", "write"]}],
                "tmpfs": [{"containerPath": "/t", "size": 8, "mountOptions": ["noexec"]}],
            },
        }
    )
    assert host_config == {
        "NetworkMode": "bridge",
        "CapAdd": ["NET_ADMIN"],
        "CapDrop": ["ALL"],
        "Privileged": True,
        "ReadonlyRootfs": True,
        "Ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}],
        "ExtraHosts": ["a:10.0.0.1"],
        "Dns": ["10.0.0.2"],
        "DnsSearch": ["x.org"],
        "SecurityOpt": ["no-new-privileges"],
        "Sysctls": {"net.core.somaxconn": "9"},
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m"}},
        "Init": True,
        "ShmSize": 8 * 1024 * 1024,
        "MemorySwap": 150 * 1024 * 1024,
        "MemorySwappiness": 0,
        "Devices": [
            {"PathOnHost": "/dev/fuse", "PathInContainer": "/dev/fuse", "CgroupPermissions": "rw"}
        ],
        "Tmpfs": {"/t": "size=8m,noexec"},
    }
    assert version == "1.25"


def test_dependencies_times_and_restarts() -> None:
    told = container(
        {
            "entryPoint": ["/e"],
            "links": ["db:d"],
            "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}],
            "startTimeout": 30,
            "stopTimeout": 5,
            "restartPolicy": {"enabled": True, "ignoredExitCodes": [3], "restartAttemptPeriod": 60},
            "mountPoints": [{"sourceVolume": "v", "containerPath": "/v", "readOnly": True}],
            "volumesFrom": [{"sourceContainer": "db"}],
        }
    )
    assert told["entryPoint"] == ["/e"]
    assert told["links"] == ["db:d"]
    assert told["dependsOn"] == [{"containerName": "db", "condition": "HEALTHY"}]
    assert (told["startTimeout"], told["stopTimeout"]) == (30, 5)
    assert told["restartPolicy"] == {
        "enabled": True,
        "ignoredExitCodes": [3],
        "restartAttemptPeriod": 60,
    }
    assert told["mountPoints"] == [{"sourceVolume": "v", "containerPath": "/v", "readOnly": True}]
    assert told["volumesFrom"] == [{"sourceContainer": "db"}]


def test_secrets_say_where_they_are_kept() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf"
    told = container(
        {
            "secrets": [{"name": "A", "valueFrom": arn}, {"name": "B", "valueFrom": "/p/b"}],
            "logConfiguration": {
                "logDriver": "splunk",
                "secretOptions": [{"name": "t", "valueFrom": "/p/t"}],
            },
        }
    )
    assert [
        (each["name"], each["provider"], each["region"], each["target"]) for each in told["secrets"]
    ] == [
        ("A", "asm", "eu-west-1", "CONTAINER"),
        ("B", "ssm", "us-east-1", "CONTAINER"),
        ("t", "ssm", "us-east-1", "LOG_DRIVER"),
    ]


def test_registries_say_how_to_log_in() -> None:
    ecr = "123456789012.dkr.ecr.us-west-2.amazonaws.com/app:1"
    assert container({"image": ecr}, executionRoleArn="r")["registryAuthentication"] == {
        "type": "ecr",
        "ecrAuthData": {
            "registryId": "123456789012",
            "region": "us-west-2",
            "useExecutionRole": True,
        },
    }
    private = {"repositoryCredentials": {"credentialsParameter": "arn:x"}}
    assert container(private)["registryAuthentication"] == {
        "type": "asm",
        "asmAuthData": {"credentialsParameter": "arn:x", "region": "us-east-1"},
    }
    assert "registryAuthentication" not in container({})


def test_awslogs_uses_the_execution_role_when_there_is_one() -> None:
    logs = {"logConfiguration": {"logDriver": "awslogs", "options": {}}}
    assert container(logs, executionRoleArn="r")["logsAuthStrategy"] == "ExecutionRole"
    assert "logsAuthStrategy" not in container(logs)


def test_volumes_have_a_type() -> None:
    told = encoded(
        {},
        volumes=[
            {"name": "etc", "host": {"sourcePath": "/etc"}},
            {"name": "scratch"},
            {"name": "d", "dockerVolumeConfiguration": {"scope": "shared", "driver": "x"}},
            {"name": "nfs", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}},
        ],
    )
    assert told["volumes"] == [
        {"name": "etc", "type": "host", "host": {"sourcePath": "/etc"}},
        {"name": "scratch", "type": "host", "host": {}},
        {
            "name": "d",
            "type": "docker",
            "dockerVolumeConfiguration": {"scope": "shared", "driver": "x"},
        },
        {
            "name": "nfs",
            "type": "efs",
            "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/"},
        },
    ]


def test_a_service_task_names_its_service() -> None:
    assert encoded({}, task={"service": "shop"})["serviceName"] == "shop"
    assert "serviceName" not in encoded({})


def test_exec_asks_for_its_agent_in_every_container() -> None:
    (agent,) = container({}, task={"enable_execute_command": True})["managedAgents"]
    assert agent == {"name": "ExecuteCommandAgent", "properties": {"sessionLimit": "2"}}


def test_an_agent_is_told_of_tasks_that_are_not_stopped_oldest_first() -> None:
    view = given(
        an_instance(1),
        a_task(1, created_at=ago(1)),
        a_task(2, created_at=ago(2), desired_status="STOPPED"),
        a_task(3, created_at=ago(3), last_status="PENDING"),
        a_task(4, last_status="STOPPED"),
        a_task(5, instance=2),
    )
    assert [(each.arn, each.desired_status) for each in tasks_of_agent(view, instance_arn())] == [
        (task_arn(3), "RUNNING"),
        (task_arn(2), "STOPPED"),
        (task_arn(1), "RUNNING"),
    ]
    assert [each.task_arn for each in manifest_for_agent(view, instance_arn())] == [
        task_arn(3),
        task_arn(1),
    ]


def test_CI_93_only_tasks_that_should_not_run_there_are_confirmed_to_stop() -> None:
    view = given(
        an_instance(1), a_task(1), a_task(2, desired_status="STOPPED"), a_task(5, instance=2)
    )
    candidates = [TaskIdentity(task_arn=task_arn(number)) for number in (1, 2, 3, 5)]
    confirmed = stops_confirmed(view, instance_arn(), candidates)
    assert [each.task_arn for each in confirmed] == [task_arn(2), task_arn(3), task_arn(5)]


def test_a_payload_is_what_the_agents_side_can_read() -> None:
    view = given(an_instance(1), a_task_definition(), a_task(1))
    told = payload_task(view, a_task(1))
    assert msgspec.json.decode(msgspec.json.encode(told), type=PayloadTask) == told


def an_awsvpc_task(**fields: Any) -> Any:
    return a_task(1, **{"interface": a_task_interface(5), **fields})


def test_an_awsvpc_task_goes_with_its_interface_and_without_ports() -> None:
    definition = a_task_definition(
        network_mode="awsvpc",
        document={
            "networkMode": "awsvpc",
            "containerDefinitions": [
                {"name": "app", "image": "busybox", "portMappings": [{"containerPort": 80}]}
            ],
        },
    )
    task = an_awsvpc_task()
    view = given(an_instance(1), definition, a_vpc(), a_subnet(), task)
    told = json.loads(msgspec.json.encode(payload_task(view, task)))
    assert told["networkMode"] == "awsvpc"
    assert told["elasticNetworkInterfaces"] == [
        {
            "attachmentArn": an_arn("attachment/default/00000000-0000-0000-0000-000000000005"),
            "ec2Id": "eni-00000000000000005",
            "macAddress": "0a:00:00:00:01:05",
            "ipv4Addresses": [{"primary": True, "privateAddress": "10.1.1.5"}],
            "subnetGatewayIpv4Address": "10.1.1.1/24",
            "domainNameServers": ["10.1.0.2"],
            "domainName": ["ec2.internal"],
            "privateDnsName": "ip-10-1-1-5.ec2.internal",
            "interfaceAssociationProtocol": "default",
        }
    ]
    [container] = told["containers"]
    assert "portMappings" not in container
    assert json.loads(container["dockerConfig"]["hostConfig"])["NetworkMode"] == "awsvpc"
    assert container["dockerConfig"]["version"] == "1.18"


def test_an_agent_hears_of_a_task_once_its_interface_is_attached_and_not_after_its_end() -> None:
    for last_status, desired_status, told in (
        ("PROVISIONING", "RUNNING", None),
        ("PENDING", "RUNNING", "RUNNING"),
        ("ACTIVATING", "RUNNING", "RUNNING"),
        ("RUNNING", "RUNNING", "RUNNING"),
        ("DEACTIVATING", "STOPPED", "RUNNING"),
        ("STOPPING", "STOPPED", "STOPPED"),
        ("DEPROVISIONING", "STOPPED", None),
        ("STOPPED", "STOPPED", None),
    ):
        task = an_awsvpc_task(last_status=last_status, desired_status=desired_status)
        view = given(an_instance(1), a_task_definition(), a_vpc(), a_subnet(), task)
        known = tasks_of_agent(view, instance_arn())
        assert [payload_task(view, each).desired_status for each in known] == (
            [] if told is None else [told]
        ), last_status
        listed = manifest_for_agent(view, instance_arn())
        assert [each.task_arn for each in listed] == ([task.arn] if told == "RUNNING" else [])
        candidates = (TaskIdentity(task_arn=task.arn),)
        confirmed = stops_confirmed(view, instance_arn(), candidates)
        assert confirmed == (() if told == "RUNNING" else candidates), last_status

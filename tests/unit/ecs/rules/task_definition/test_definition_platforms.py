"""Where a definition can run: Fargate, Windows, external and managed instances."""

from typing import Any

import pytest
from definition_requests import (
    a_container,
    a_fargate_request,
    a_request,
    accepted,
    client_error,
    invalid_parameter,
    refusal,
)

from roadstead.ecs.rules.task_definition.document import checked

WINDOWS = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"
AWSLOGS = {"logConfiguration": {"logDriver": "awslogs"}}


def fargate_error(*containers: dict[str, Any], **members: Any) -> str:
    error = refusal(a_fargate_request(*containers, **members))
    assert error.code == "ClientException"
    return error.message


def test_TD_38_a_simple_definition_runs_on_ec2_and_external_instances() -> None:
    assert accepted().compatibilities == ("EXTERNAL", "EC2")


def test_TD_38_a_definition_for_fargate_runs_on_ec2_too() -> None:
    assert checked(a_fargate_request()).compatibilities == ("EC2", "FARGATE", "MANAGED_INSTANCES")


def test_TD_38_without_requirement_fargates_rules_only_take_it_off_the_list() -> None:
    result = accepted(a_container(privileged=True), networkMode="awsvpc", cpu="256", memory="512")
    assert "FARGATE" not in result.compatibilities


def test_an_unknown_compatibility_is_refused() -> None:
    assert "[EXTERNAL, EC2, FARGATE, MANAGED_INSTANCES]" in invalid_parameter(
        requiresCompatibilities=["LAMBDA"]
    )


def test_fargate_needs_awsvpc() -> None:
    expected = "Fargate only supports network mode ‘awsvpc’."
    assert fargate_error(networkMode="bridge") == expected
    assert client_error(requiresCompatibilities=["FARGATE"], cpu="256", memory="512") == expected


@pytest.mark.parametrize("member", ["cpu", "memory"])
def test_fargate_needs_a_size(member: str) -> None:
    request = a_fargate_request()
    del request[member]
    assert refusal(request).message == (
        f"Fargate requires that '{member}' be defined at the task level."
    )


def test_fargate_needs_an_execution_role_for_ecr_and_awslogs() -> None:
    requires = "Fargate requires task definition to have execution role ARN to support"
    assert fargate_error(a_container(image=ECR)) == f"{requires} ECR images."
    assert fargate_error(a_container(**AWSLOGS)) == f"{requires} log driver awslogs."
    checked(a_fargate_request(a_container(image=ECR, **AWSLOGS), executionRoleArn="execution"))


def test_fargate_has_no_pid_namespace_of_the_host() -> None:
    assert fargate_error(pidMode="host") == (
        "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value "
        "for pidMode is 'task'."
    )
    checked(a_fargate_request(pidMode="task"))


@pytest.mark.parametrize(
    "members",
    [
        {"dockerSecurityOptions": ["no-new-privileges"]},
        {"privileged": True},
        {"linuxParameters": {"devices": [{"hostPath": "/dev/fuse"}]}},
        {"linuxParameters": {"sharedMemorySize": 64}},
        {"linuxParameters": {"maxSwap": 0}},
        {"linuxParameters": {"swappiness": 0}},
        {"linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}}},
        {"resourceRequirements": [{"type": "GPU", "value": "1"}]},
        {"ulimits": [{"name": "nproc", "softLimit": 1, "hardLimit": 1}]},
        {"logConfiguration": {"logDriver": "json-file"}},
        {"stopTimeout": 121},
        {"startTimeout": 121},
    ],
)
def test_TD_60_fargate_rejects_what_needs_the_host(members: Any) -> None:
    assert "Fargate" in fargate_error(a_container(**members))


@pytest.mark.parametrize(
    "volume",
    [
        {"name": "a", "host": {"sourcePath": "/srv"}},
        {"name": "a", "dockerVolumeConfiguration": {"driver": "local"}},
    ],
)
def test_TD_60_fargate_rejects_volumes_of_the_host(volume: Any) -> None:
    assert "Fargate" in fargate_error(volumes=[volume])


def test_TD_60_fargate_rejects_an_ipc_mode() -> None:
    assert "ipcMode" in fargate_error(ipcMode="task")


def test_on_fargate_the_containers_memory_fits_into_the_tasks() -> None:
    containers = a_container("a", memory=300), a_container("b", memory=300)
    assert "'memory'" in fargate_error(*containers)


def test_fargate_windows_has_other_sizes() -> None:
    assert fargate_error(**WINDOWS) == "No Fargate configuration exists for given values."
    checked(a_fargate_request(cpu="1024", memory="2048", **WINDOWS))


@pytest.mark.parametrize(
    "members",
    [
        {"links": ["other"]},
        {"privileged": True},
        {"readonlyRootFilesystem": True},
        {"user": "1000"},
        {"linuxParameters": {"initProcessEnabled": True}},
        {"systemControls": [{"namespace": "net.core.somaxconn", "value": "1"}]},
        {"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 1}]},
    ],
)
def test_TD_61_windows_rejects_what_is_linuxs(members: Any) -> None:
    request = a_request(a_container(**members), a_container("other"), **WINDOWS)
    error = refusal(request)
    assert error.code == "ClientException"
    assert "Windows" in error.message or "Links" in error.message


@pytest.mark.parametrize(
    "members",
    [
        {"networkMode": "bridge"},
        {"networkMode": "host"},
        {"pidMode": "task"},
        {"ipcMode": "task"},
        {"volumes": [{"name": "a", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]},
    ],
)
def test_TD_61_windows_rejects_other_namespaces(members: Any) -> None:
    assert "Windows" in client_error(**WINDOWS, **members)


def test_TD_62_managed_instances_need_awsvpc_or_host_and_linux() -> None:
    managed = {"requiresCompatibilities": ["MANAGED_INSTANCES"]}
    accepted(networkMode="host", **managed)
    assert "network modes" in client_error(**managed)
    assert "Linux" in client_error(networkMode="awsvpc", **managed, **WINDOWS)


def test_external_instances_have_no_network_interfaces_of_tasks() -> None:
    assert "awsvpc" in client_error(networkMode="awsvpc", requiresCompatibilities=["EXTERNAL"])


def test_TD_96_trusted_execution_is_for_managed_instances_only() -> None:
    trusted = {"trustedExecutionConfiguration": {"isolationMode": "SHARED"}, "networkMode": "host"}
    assert accepted(**trusted).compatibilities == ("MANAGED_INSTANCES",)
    assert "MANAGED_INSTANCES" in client_error(**trusted, requiresCompatibilities=["EC2"])
    confidential = {"isolationMode": "CONFIDENTIAL_SANDBOX"}
    assert "attestationPolicy" in client_error(trustedExecutionConfiguration=confidential)


@pytest.mark.parametrize(
    "members",
    [
        {"networkMode": "bridged"},
        {"pidMode": "container"},
        {"ipcMode": "shareable"},
        {"runtimePlatform": {"cpuArchitecture": "arm64"}},
        {"runtimePlatform": {"operatingSystemFamily": "MACOS"}},
        {"trustedExecutionConfiguration": {"isolationMode": "NONE"}},
    ],
)
def test_words_that_no_task_takes_are_refused(members: Any) -> None:
    assert "It should be one of [" in invalid_parameter(**members)


@pytest.mark.parametrize("size", [20, 201])
def test_TD_92_ephemeral_storage_has_21_to_200_gibibytes(size: int) -> None:
    assert "sizeInGiB" in client_error(ephemeralStorage={"sizeInGiB": size})


def test_TD_93_windows_does_not_run_on_arm() -> None:
    platform = WINDOWS["runtimePlatform"] | {"cpuArchitecture": "ARM64"}
    assert "ARM64" in client_error(runtimePlatform=platform)


def test_TD_97_inference_accelerators_are_refused() -> None:
    accelerators = [{"deviceName": "d", "deviceType": "eia2.medium"}]
    assert "Elastic Inference" in client_error(inferenceAccelerators=accelerators)


PROXY = {
    "type": "APPMESH",
    "containerName": "app",
    "properties": [
        {"name": "IgnoredUID", "value": "1337"},
        {"name": "AppPorts", "value": "80"},
        {"name": "ProxyIngressPort", "value": "15000"},
        {"name": "ProxyEgressPort", "value": "15001"},
    ],
}


def test_TD_91_a_proxy_is_one_of_the_containers_in_awsvpc() -> None:
    accepted(networkMode="awsvpc", proxyConfiguration=PROXY)
    assert "awsvpc" in client_error(proxyConfiguration=PROXY)
    gone = PROXY | {"containerName": "envoy"}
    assert "'envoy'" in client_error(networkMode="awsvpc", proxyConfiguration=gone)


@pytest.mark.parametrize("number", range(4))
def test_TD_91_a_proxy_needs_its_properties(number: int) -> None:
    properties = [each for n, each in enumerate(PROXY["properties"]) if n != number]
    message = client_error(
        networkMode="awsvpc", proxyConfiguration=PROXY | {"properties": properties}
    )
    assert "requires the property" in message

"""Settings of a container that stand alone."""

from typing import Any

import pytest
from definition_requests import a_container, a_request, accepted, client_error, refusal
from hypothesis import given
from hypothesis import strategies as st


def shown(**members: Any) -> dict[str, Any]:
    container: dict[str, Any] = accepted(a_container(**members)).document["containerDefinitions"][0]
    return container


def health(**members: Any) -> dict[str, Any]:
    return {"healthCheck": {"command": ["CMD-SHELL", "true"], **members}}


def test_a_health_check_gets_its_defaults() -> None:
    assert shown(**health())["healthCheck"] == {
        "command": ["CMD-SHELL", "true"],
        "interval": 30,
        "timeout": 5,
        "retries": 3,
    }


@pytest.mark.parametrize("command", [[], ["CMD"], ["true"], ["NONE"], ["cmd", "true"]])
def test_a_health_check_begins_with_cmd_or_cmd_shell(command: list[str]) -> None:
    assert "CMD-SHELL" in client_error(a_container(**health(command=command)))


@pytest.mark.parametrize(
    ("member", "smallest", "largest"),
    [("interval", 5, 300), ("timeout", 2, 60), ("retries", 1, 10), ("startPeriod", 0, 300)],
)
def test_the_numbers_of_a_health_check_have_ranges(
    member: str, smallest: int, largest: int
) -> None:
    for value in (smallest, largest):
        shown(**health(**{member: value}))
    for value in (smallest - 1, largest + 1):
        assert f"healthCheck.{member}" in client_error(a_container(**health(**{member: value})))


@pytest.mark.parametrize("member", ["startTimeout", "stopTimeout"])
def test_a_timeout_is_at_least_2_seconds(member: str) -> None:
    shown(**{member: 2})
    assert member in client_error(a_container(**{member: 1}))


@pytest.mark.parametrize(
    "policy",
    [
        {"enabled": True, "restartAttemptPeriod": 59},
        {"enabled": True, "restartAttemptPeriod": 1801},
        {"enabled": True, "ignoredExitCodes": list(range(51))},
    ],
)
def test_a_restart_policy_has_limits(policy: Any) -> None:
    assert "restartPolicy" in client_error(a_container(restartPolicy=policy))


def test_a_restart_policy_within_its_limits_is_accepted() -> None:
    policy = {"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": list(range(50))}
    assert shown(restartPolicy=policy)["restartPolicy"] == policy


@given(st.integers(-1, 1 << 31), st.integers(-1, 1 << 31))
def test_a_soft_limit_is_not_above_the_hard_one(soft: int, hard: int) -> None:
    container = a_container(ulimits=[{"name": "nofile", "softLimit": soft, "hardLimit": hard}])
    unlimited = float("inf")
    if (unlimited if soft == -1 else soft) <= (unlimited if hard == -1 else hard):
        accepted(container)
    else:
        assert "nofile" in client_error(container)


@pytest.mark.parametrize(
    "linux",
    [
        {"tmpfs": [{"containerPath": "/t", "size": 0}]},
        {"swappiness": 101},
        {"swappiness": -1},
        {"maxSwap": -1},
        {"sharedMemorySize": -1},
    ],
)
def test_linux_parameters_out_of_range_are_refused(linux: Any) -> None:
    assert "must" in client_error(a_container(linuxParameters=linux))


@pytest.mark.parametrize(
    "members",
    [
        {"ulimits": [{"name": "files", "softLimit": 1, "hardLimit": 1}]},
        {"linuxParameters": {"capabilities": {"add": ["CAP_NET_ADMIN"]}}},
        {"linuxParameters": {"capabilities": {"drop": ["net_admin"]}}},
        {"linuxParameters": {"devices": [{"hostPath": "/dev/fuse", "permissions": ["rw"]}]}},
        {"logConfiguration": {"logDriver": "file"}},
        {"versionConsistency": "on"},
        {"environmentFiles": [{"type": "http", "value": "a.env"}]},
        {"resourceRequirements": [{"type": "TPU", "value": "1"}]},
        {"firelensConfiguration": {"type": "logstash"}},
        {"firelensConfiguration": {"type": "fluentd", "options": {"config-file-type": "ftp"}}},
    ],
)
def test_words_that_are_none_of_those_allowed_are_refused(members: Any) -> None:
    error = refusal(a_request(a_container(**members)))
    assert error.code == "InvalidParameterException"
    assert "It should be one of [" in error.message


@pytest.mark.parametrize(
    "members",
    [
        {"environment": [{"value": "x"}]},
        {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.txt"}]},
        {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.env"}] * 11},
        {"secrets": [{"name": "", "valueFrom": "x"}]},
        {"resourceRequirements": [{"type": "GPU", "value": "one"}]},
        {"resourceRequirements": [{"type": "NeuronDevice", "value": "1"}]},
        {"resourceRequirements": [{"type": "InferenceAccelerator", "value": "d"}]},
        {"firelensConfiguration": {"type": "fluentd", "options": {"config-file-type": "s3"}}},
        {"dnsSearchDomains": ["corp_internal"]},
        {"dockerSecurityOptions": ["seccomp:unconfined"]},
        {"credentialSpecs": ["credentialspec:arn:a", "credentialspec:arn:b"]},
        {"credentialSpecs": ["file://spec.json"]},
        {"repositoryCredentials": {"credentialsParameter": ""}},
        {"systemControls": [{"namespace": "vm.swappiness", "value": "1"}]},
        {"systemControls": [{"namespace": "net.core.somaxconn"}]},
    ],
)
def test_values_that_cannot_work_are_refused(members: Any) -> None:
    assert client_error(a_container(**members)).startswith("Invalid setting for container 'app'. ")


@pytest.mark.parametrize(
    "members",
    [
        {"environment": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]},
        {"resourceRequirements": [{"type": "GPU", "value": "2"}]},
        {"resourceRequirements": [{"type": "GPU", "value": "ALL"}]},
        {"dnsSearchDomains": ["corp.internal"], "dnsServers": ["10.0.0.2"]},
        {"dockerSecurityOptions": ["no-new-privileges", "label:role:ROLE", "apparmor:profile"]},
        {"systemControls": [{"namespace": "net.core.somaxconn", "value": "1024"}]},
        {"systemControls": [{"namespace": "fs.mqueue.msg_max", "value": "10"}]},
        {"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}}},
        {"logConfiguration": {"logDriver": "json-file", "options": {"max-size": "1m"}}},
        {"hostname": "web", "extraHosts": [{"hostname": "db", "ipAddress": "10.0.0.3"}]},
    ],
)
def test_values_that_work_are_kept_as_sent(members: Any) -> None:
    container = shown(**members)
    assert {name: container[name] for name in members} == members


@pytest.mark.parametrize(
    "member", ["hostname", "dnsServers", "dnsSearchDomains", "extraHosts", "disableNetworking"]
)
def test_awsvpc_rules_out_names_and_resolvers(member: str) -> None:
    values: dict[str, Any] = {
        "hostname": "web",
        "dnsServers": ["10.0.0.2"],
        "dnsSearchDomains": ["corp.internal"],
        "extraHosts": [{"hostname": "db", "ipAddress": "10.0.0.3"}],
        "disableNetworking": True,
    }
    message = client_error(a_container(**{member: values[member]}), networkMode="awsvpc")
    assert message == f"{member} is not supported on container when networkMode=awsvpc."


def test_host_mode_rules_out_a_hostname() -> None:
    assert "networkMode=host" in client_error(a_container(hostname="web"), networkMode="host")


def test_TD_90_namespaces_that_are_the_hosts_rule_out_their_system_controls() -> None:
    net = a_container(systemControls=[{"namespace": "net.core.somaxconn", "value": "1"}])
    ipc = a_container(systemControls=[{"namespace": "kernel.shmmax", "value": "1"}])
    assert "networkMode=host" in client_error(net, networkMode="host")
    assert "ipcMode=host" in client_error(ipc, ipcMode="host")
    accepted(net, ipcMode="host")
    accepted(ipc, networkMode="host")


def test_one_container_must_be_essential() -> None:
    assert client_error(a_container(essential=False)) == (
        "A task definition must have at least one essential container."
    )
    accepted(a_container(essential=False), a_container("main"))

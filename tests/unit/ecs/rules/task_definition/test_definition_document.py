"""The document: defaults, what belongs together, and what is left as it was sent."""

import copy
from typing import Any

import msgspec
import pytest
from definition_requests import a_container, a_request, accepted, client_error, refusal
from hypothesis import given
from hypothesis import strategies as st

from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.task_definition.document import DOCUMENT_BYTES_MAX, checked


def test_TD_37_defaults_are_filled_in() -> None:
    document = accepted({"name": "app", "image": "busybox", "memory": 64}).document
    assert document == {
        "networkMode": "bridge",
        "volumes": [],
        "placementConstraints": [],
        "containerDefinitions": [
            {
                "name": "app",
                "image": "busybox",
                "cpu": 0,
                "memory": 64,
                "essential": True,
                "environment": [],
                "mountPoints": [],
                "volumesFrom": [],
                "systemControls": [],
                "portMappings": [],
            }
        ],
    }


def test_what_is_only_echoed_stays_as_it_was_sent() -> None:
    members = {
        "command": ["sh", "-c", "true"],
        "dockerLabels": {"a": "b"},
        "user": "1000:1000",
        "workingDirectory": "/tmp",
        "linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}, "initProcessEnabled": True},
    }
    container = accepted(a_container(**members)).document["containerDefinitions"][0]
    assert {name: container[name] for name in members} == members


def test_the_request_stays_as_it_is() -> None:
    request = a_request(
        a_container(
            portMappings=[{"containerPort": 80}],
            healthCheck={"command": ["CMD-SHELL", "true"]},
            mountPoints=[{"sourceVolume": "data", "containerPath": "/data"}],
        ),
        volumes=[{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}],
        cpu="1 vCPU",
    )
    before = copy.deepcopy(request)
    checked(request)
    assert request == before


def test_tags_and_family_are_no_part_of_the_document() -> None:
    document = accepted(tags=[{"key": "a", "value": "b"}]).document
    assert "tags" not in document
    assert "family" not in document


def test_TD_50_the_network_mode_is_bridge_on_linux() -> None:
    assert accepted().network_mode == "bridge"


def test_TD_50_windows_has_no_network_mode_in_its_document() -> None:
    result = accepted(runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"})
    assert result.network_mode == "default"
    assert "networkMode" not in result.document


def test_a_document_of_more_than_64_kibibytes_is_refused() -> None:
    environment = [{"name": "A", "value": "x" * DOCUMENT_BYTES_MAX}]
    message = client_error(a_container(environment=environment))
    assert message.startswith("Actual length: '")
    assert message.endswith("Max allowed length is '65536' bytes.")


def test_TD_94_placement_constraints_are_memberOf_with_an_expression() -> None:
    constraint = {"type": "memberOf", "expression": "attribute:a == b"}
    assert checked(a_request(placementConstraints=[constraint])).document[
        "placementConstraints"
    ] == [constraint]
    for wrong in ({"type": "distinctInstance"}, {"type": "memberOf"}, {}):
        error = refusal(a_request(placementConstraints=[wrong]))
        assert error.code == "ClientException"


@pytest.mark.parametrize("where", ["secrets", "logs"])
def test_TD_98_secrets_need_an_execution_role(where: str) -> None:
    secret = [{"name": "PASSWORD", "valueFrom": "/password"}]
    container = (
        a_container(secrets=secret)
        if where == "secrets"
        else a_container(logConfiguration={"logDriver": "splunk", "secretOptions": secret})
    )
    assert "'executionRoleArn'" in client_error(container)
    accepted(container, executionRoleArn="arn:aws:iam::123456789012:role/execution")


def test_TD_98_private_registries_need_an_execution_role() -> None:
    container = a_container(repositoryCredentials={"credentialsParameter": "registry"})
    assert "'executionRoleArn'" in client_error(container)


@pytest.mark.parametrize(
    "role", ["role with blanks", "arn:aws:iam::123456789012:user/me", "a" * 65]
)
def test_TD_98_what_is_no_role_is_refused(role: str) -> None:
    assert client_error(taskRoleArn=role).startswith("Role is not valid")


def test_TD_98_a_role_is_named_shortly_or_by_its_arn() -> None:
    accepted(taskRoleArn="web-task")
    accepted(taskRoleArn="arn:aws:iam::123456789012:role/path/web-task")


TEXT = st.text(max_size=8)
WORDS = st.sampled_from(["bridge", "host", "awsvpc", "none", "task", "EC2", "FARGATE", "web", ""])


@given(
    networkMode=WORDS,
    cpu=TEXT,
    memory=TEXT,
    port=st.integers(-1, 70000),
    host_port=st.integers(-1, 70000),
    depends_on=st.sampled_from(["app", "db", "gone"]),
    condition=st.sampled_from(["START", "COMPLETE", "SUCCESS", "HEALTHY", "LATER"]),
    requires=st.lists(WORDS, max_size=2),
)
def test_whatever_is_sent_is_registered_or_refused_with_a_code(
    networkMode: str,
    cpu: str,
    memory: str,
    port: int,
    host_port: int,
    depends_on: str,
    condition: str,
    requires: list[str],
) -> None:
    request: dict[str, Any] = a_request(
        a_container(
            portMappings=[{"containerPort": port, "hostPort": host_port}],
            dependsOn=[{"containerName": depends_on, "condition": condition}],
        ),
        a_container("db", essential=False),
        networkMode=networkMode,
        cpu=cpu,
        memory=memory,
        requiresCompatibilities=requires,
    )
    try:
        msgspec.json.encode(checked(request).document)
    except ApiError as error:
        assert error.code in ("ClientException", "InvalidParameterException")  # noqa: PT017
        assert error.message  # noqa: PT017

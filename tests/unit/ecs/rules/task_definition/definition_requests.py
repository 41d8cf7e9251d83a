"""Requests to register, small ones that each test spoils in one way."""

from typing import Any

import pytest

from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.task_definition.document import Checked, checked


def a_container(name: str = "app", **members: Any) -> dict[str, Any]:
    return {"name": name, "image": "busybox:latest", "memory": 64, **members}


def a_request(*containers: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "family": "web",
        "containerDefinitions": list(containers or (a_container(),)),
        **members,
    }


def a_fargate_request(*containers: dict[str, Any], **members: Any) -> dict[str, Any]:
    return a_request(
        *containers,
        **{
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "requiresCompatibilities": ["FARGATE"],
            **members,
        },
    )


def accepted(*containers: dict[str, Any], **members: Any) -> Checked:
    return checked(a_request(*containers, **members))


def refusal(request: dict[str, Any]) -> ApiError:
    with pytest.raises(ApiError) as raised:
        checked(request)
    return raised.value


def client_error(*containers: dict[str, Any], **members: Any) -> str:
    """The message of the ClientException that such a request meets."""
    error = refusal(a_request(*containers, **members))
    assert error.code == "ClientException", error
    return error.message


def invalid_parameter(*containers: dict[str, Any], **members: Any) -> str:
    """The message of the InvalidParameterException that such a request meets."""
    error = refusal(a_request(*containers, **members))
    assert error.code == "InvalidParameterException", error
    return error.message

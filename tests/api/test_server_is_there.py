"""The server behind the API tests answers, and refuses who is not known."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from roadstead.keys import Key


def test_an_operation_that_is_not_implemented_says_so(ecs: Any) -> None:
    with pytest.raises(ClientError) as refusal:
        ecs.execute_command(command="ls", interactive=True, task="0" * 32)
    assert refusal.value.response["Error"]["Code"] == "UnsupportedFeatureException"
    assert "docs/parity.md" in refusal.value.response["Error"]["Message"]


def test_a_key_that_nobody_made_is_refused(server: Any) -> None:
    stranger = Key(
        access_key_id="AKIASTRANGER", secret_access_key="s", kind="root", account="1", arn="a"
    )
    with pytest.raises(ClientError) as refusal:
        server.client(key=stranger).list_clusters()
    assert refusal.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_an_agents_key_may_not_run_tasks(server: Any) -> None:
    with pytest.raises(ClientError) as refusal:
        server.client(key=server.INSTANCE).run_task(taskDefinition="web")
    error = refusal.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"].startswith(
        f"User: {server.INSTANCE.arn} is not authorized to perform: ecs:RunTask on resource: "
    )


def test_time_that_is_advanced_passes_for_clients_too(server: Any, ecs: Any) -> None:
    server.advance(3600)
    with pytest.raises(ClientError) as refusal:
        ecs.execute_command(command="ls", interactive=True, task="0" * 32)
    assert refusal.value.response["Error"]["Code"] == "UnsupportedFeatureException"

"""UpdateContainerAgent."""

from typing import Any

import pytest

from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")


def test_CI_80_there_is_never_a_newer_agent(ecs: Any, register_instances: Any) -> None:
    (instance,) = register_instances()
    code, message = refused(ecs.update_container_agent, containerInstance=instance)
    assert code == "NoUpdateAvailableException"
    assert "1.0.0" in message


def test_an_agent_that_has_not_told_its_version_cannot_be_updated(ecs: Any) -> None:
    instance = ecs.register_container_instance()["containerInstance"]["containerInstanceArn"]
    code, _ = refused(ecs.update_container_agent, containerInstance=instance)
    assert code == "MissingVersionException"


def test_unknown_and_inactive_instances_are_refused(ecs: Any, register_instances: Any) -> None:
    (instance,) = register_instances()
    ecs.deregister_container_instance(containerInstance=instance)
    assert refused(ecs.update_container_agent, containerInstance=instance)[0] == "ClientException"
    code, _ = refused(ecs.update_container_agent, containerInstance="0" * 32)
    assert code == "InvalidParameterException"
    code, _ = refused(ecs.update_container_agent, cluster="none", containerInstance=instance)
    assert code == "ClusterNotFoundException"

"""A task as DescribeTasks shows it."""

from given import (
    NOW,
    a_container,
    a_task,
    ago,
    an_instance,
    cluster_arn,
    definition_arn,
    given,
    instance_arn,
    later,
    task_arn,
)
from roadstead.ecs.views.task import task_view


def test_a_pending_task_shows_what_is_known_and_no_more() -> None:
    task = a_task(
        1,
        last_status="PENDING",
        connectivity="",
        cpu="128",
        memory="64",
        containers=(a_container(arn="c-1", cpu="128"),),
    )
    assert task_view(given(an_instance(1), task), task) == {
        "taskArn": task_arn(1),
        "clusterArn": cluster_arn(),
        "taskDefinitionArn": definition_arn(),
        "containerInstanceArn": instance_arn(1),
        "lastStatus": "PENDING",
        "desiredStatus": "RUNNING",
        "group": "family:web",
        "launchType": "EC2",
        "cpu": "128",
        "memory": "64",
        "containers": [
            {
                "containerArn": "c-1",
                "taskArn": task_arn(1),
                "name": "app",
                "image": "busybox:latest",
                "lastStatus": "PENDING",
                "networkInterfaces": [],
                "healthStatus": "UNKNOWN",
                "cpu": "128",
            }
        ],
        "overrides": {
            "containerOverrides": [{"name": "app"}],
            "inferenceAcceleratorOverrides": [],
        },
        "attachments": [],
        "attributes": [],
        "createdAt": ago(900),
        "healthStatus": "UNKNOWN",
        "enableExecuteCommand": False,
        "version": 0,
        "tags": [],
        "availabilityZone": "us-east-1a",
        "connectivity": "CONNECTED",
        "connectivityAt": ago(900),
    }


def test_TK_72_and_CI_33_a_disconnected_agent_shows_in_its_tasks_and_leaves_their_health() -> None:
    away = an_instance(1, agent_connected=False, disconnected_at=later(5))
    task = a_task(1, connectivity="", health_status="HEALTHY")
    shown = task_view(given(away, task), task)
    assert (shown["connectivity"], shown["connectivityAt"]) == ("DISCONNECTED", later(5))
    assert shown["healthStatus"] == "HEALTHY"


def test_a_task_older_than_its_agents_connection_is_connected_since_that() -> None:
    task = a_task(1, connectivity="")
    shown = task_view(given(an_instance(1, connected_at=later(5)), task), task)
    assert shown["connectivityAt"] == later(5)


def test_an_ended_task_keeps_the_connectivity_it_had() -> None:
    task = a_task(1, last_status="STOPPED", connectivity="CONNECTED", connectivity_at=NOW)
    shown = task_view(given(an_instance(1, agent_connected=False), task), task)
    assert (shown["connectivity"], shown["connectivityAt"]) == ("CONNECTED", NOW)

"""DeleteCluster."""

from typing import Any

from registered import register

from given import a_service, a_task, instance_arn
from refusals import refused
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS


def test_CL_21_an_empty_cluster_becomes_inactive(ecs: Any, cluster: str) -> None:
    deleted = ecs.delete_cluster(cluster=cluster)["cluster"]
    assert (deleted["clusterName"], deleted["status"]) == ("default", "INACTIVE")


def test_CL_22_it_can_be_described_and_is_not_listed(ecs: Any, cluster: str) -> None:
    ecs.delete_cluster(cluster=cluster)
    (described,) = ecs.describe_clusters(clusters=[cluster])["clusters"]
    assert described["status"] == "INACTIVE"
    assert ecs.list_clusters()["clusterArns"] == []


def test_a_cluster_with_instances_stays(ecs: Any, cluster: str, register_instances: Any) -> None:
    (instance,) = register_instances()
    refusal = (
        "ClusterContainsContainerInstancesException",
        "The Cluster cannot be deleted while Container Instances are active or draining.",
    )
    assert refused(ecs.delete_cluster, cluster=cluster) == refusal
    ecs.update_container_instances_state(containerInstances=[instance], status="DRAINING")
    assert refused(ecs.delete_cluster, cluster=cluster) == refusal
    ecs.deregister_container_instance(containerInstance=instance)
    assert ecs.delete_cluster(cluster=cluster)["cluster"]["status"] == "INACTIVE"


def test_a_cluster_with_services_stays(ecs: Any, server: Any, cluster: str) -> None:
    server.update(lambda tx: tx.put(SERVICES, a_service(desired_count=0)))
    assert refused(ecs.delete_cluster, cluster=cluster) == (
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
    )


def test_a_cluster_with_tasks_stays(ecs: Any, server: Any, cluster: str) -> None:
    server.update(lambda tx: tx.put(TASKS, a_task(last_status="PENDING")))
    assert refused(ecs.delete_cluster, cluster=cluster) == (
        "ClusterContainsTasksException",
        "The Cluster cannot be deleted while Tasks are active.",
    )


def test_CL_20_instances_are_looked_for_before_tasks(
    ecs: Any, server: Any, cluster: str, register_instances: Any
) -> None:
    register_instances()
    server.update(lambda tx: tx.put(TASKS, a_task(container_instance_arn=instance_arn())))
    code, _ = refused(ecs.delete_cluster, cluster=cluster)
    assert code == "ClusterContainsContainerInstancesException"


def test_CL_19_unknown_and_deleted_clusters_are_not_deleted(ecs: Any, cluster: str) -> None:
    assert refused(ecs.delete_cluster, cluster="gone") == (
        "ClusterNotFoundException",
        "Cluster not found.",
    )
    ecs.delete_cluster(cluster=cluster)
    assert refused(ecs.delete_cluster, cluster=cluster) == (
        "ClusterNotFoundException",
        "The referenced cluster was inactive.",
    )


def test_CL_31_an_arn_of_another_region_is_refused(ecs: Any, cluster: str) -> None:
    arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/default"
    code, message = refused(ecs.delete_cluster, cluster=arn)
    assert code == "InvalidParameterException"
    assert "eu-west-1" in message


def test_CL_25_tasks_that_had_tags_survive_it_until_the_name_is_used_again(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    (instance,) = register_instances()
    register(ecs)
    tags = [{"key": "team", "value": "web"}]
    tagged = ecs.run_task(taskDefinition="web", tags=tags)["tasks"][0]["taskArn"]
    plain = ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    ecs.deregister_container_instance(containerInstance=instance, force=True)
    ecs.delete_cluster(cluster=cluster)
    answer = ecs.describe_tasks(tasks=[tagged, plain])
    assert [(each["taskArn"], each["lastStatus"]) for each in answer["tasks"]] == [
        (tagged, "STOPPED")
    ]
    assert answer["failures"] == [{"arn": plain, "reason": "MISSING"}]
    assert refused(ecs.describe_tasks, tasks=[plain]) == (
        "ClusterNotFoundException",
        "The referenced cluster was inactive.",
    )
    ecs.create_cluster(clusterName=cluster)
    assert ecs.describe_tasks(tasks=[tagged])["failures"] == [{"arn": tagged, "reason": "MISSING"}]

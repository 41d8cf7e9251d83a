"""A cluster that is created again after its deletion."""

from given import (
    a_call,
    a_cluster,
    a_service,
    a_service_event,
    a_task,
    ago,
    an_instance,
    cluster_arn,
    given,
    instance_arn,
    service_arn,
    task_arn,
)
from roadstead.ecs.records.cluster import ACTIVE_CLUSTERS, CLUSTERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICE_EVENTS, SERVICES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.transitions.clusters import create_cluster, delete_cluster
from roadstead.state.view import Tx

CALL = a_call()


def test_CL_09_its_former_life_is_forgotten_and_other_clusters_keep_theirs() -> None:
    view = given(
        a_cluster(status="INACTIVE"),
        a_task(1, last_status="STOPPED"),
        a_service(status="INACTIVE", deleted_at=ago(60)),
        a_service_event(1, "(service web) was deleted."),
        an_instance(1, status="INACTIVE", deregistered_at=ago(60)),
        a_task(2, cluster="other", last_status="STOPPED"),
        a_service(cluster="other", status="INACTIVE", deleted_at=ago(60)),
        an_instance(2, cluster="other", status="INACTIVE", deregistered_at=ago(60)),
    )
    create_cluster(
        Tx(view), CALL, "default", container_insights="enabled", configuration=None, tags={}
    )
    assert [each.arn for each in view.all(TASKS)] == [task_arn(2, "other")]
    assert [each.arn for each in view.all(SERVICES)] == [service_arn("web", "other")]
    assert [each.arn for each in view.all(CONTAINER_INSTANCES)] == [instance_arn(2, "other")]
    assert view.size(SERVICE_EVENTS) == 0
    assert view.must(CLUSTERS, cluster_arn()).status == "ACTIVE"


def test_CL_22_a_deleted_cluster_is_in_no_list_and_has_no_tags() -> None:
    view = given(a_cluster(tags={"team": "web"}))
    deleted = delete_cluster(Tx(view), CALL, view.must(CLUSTERS, cluster_arn()))
    assert (deleted.status, deleted.tags, deleted.deleted_at) == ("INACTIVE", {}, CALL.now)
    assert view.find(ACTIVE_CLUSTERS, CALL.scope) == []

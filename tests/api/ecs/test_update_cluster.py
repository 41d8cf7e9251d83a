"""UpdateCluster and UpdateClusterSettings."""

from typing import Any

import pytest

from refusals import refused

ENABLED = [{"name": "containerInsights", "value": "enabled"}]
EXECUTE = {"executeCommandConfiguration": {"logging": "NONE"}}
STORAGE = {"managedStorageConfiguration": {"kmsKeyId": "key"}}


def test_CL_15_what_is_not_named_stays(ecs: Any, cluster: str) -> None:
    ecs.update_cluster(cluster=cluster, settings=ENABLED)
    ecs.update_cluster(cluster=cluster, configuration=EXECUTE)
    updated = ecs.update_cluster(cluster=cluster, configuration=STORAGE)["cluster"]
    assert updated["settings"] == ENABLED
    assert updated["configuration"] == EXECUTE | STORAGE


def test_CL_16_an_empty_namespace_is_none(ecs: Any, cluster: str) -> None:
    updated = ecs.update_cluster(cluster=cluster, serviceConnectDefaults={"namespace": ""})
    assert "serviceConnectDefaults" not in updated["cluster"]


def test_CL_18_settings_are_updated(ecs: Any, cluster: str) -> None:
    updated = ecs.update_cluster_settings(cluster=cluster, settings=ENABLED)["cluster"]
    assert updated["settings"] == ENABLED


@pytest.mark.parametrize(
    "settings", [[], [{"name": "logs", "value": "enabled"}], [{"name": "containerInsights"}]]
)
def test_CL_18_other_settings_are_refused(ecs: Any, cluster: str, settings: Any) -> None:
    code, _ = refused(ecs.update_cluster_settings, cluster=cluster, settings=settings)
    assert code == "InvalidParameterException"


def test_update_cluster_refuses_what_create_cluster_refuses(ecs: Any, cluster: str) -> None:
    override = {"executeCommandConfiguration": {"logging": "OVERRIDE"}}
    code, _ = refused(ecs.update_cluster, cluster=cluster, configuration=override)
    assert code == "InvalidParameterException"
    namespace = {"namespace": "shop"}
    code, _ = refused(ecs.update_cluster, cluster=cluster, serviceConnectDefaults=namespace)
    assert code == "UnsupportedFeatureException"


def test_CL_19_unknown_and_deleted_clusters_are_not_updated(ecs: Any, cluster: str) -> None:
    unknown = ("ClusterNotFoundException", "Cluster not found.")
    assert refused(ecs.update_cluster, cluster="gone") == unknown
    assert refused(ecs.update_cluster_settings, cluster="gone", settings=ENABLED) == unknown
    ecs.delete_cluster(cluster=cluster)
    inactive = ("ClusterNotFoundException", "The referenced cluster was inactive.")
    assert refused(ecs.update_cluster, cluster=cluster) == inactive
    assert refused(ecs.update_cluster_settings, cluster=cluster, settings=ENABLED) == inactive

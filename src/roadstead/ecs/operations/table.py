"""The operations of ECS: what writes, what only reads, and what is not implemented yet."""

from collections.abc import Callable
from typing import Any

from roadstead.ecs.operations import (
    account_settings,
    agent,
    attributes,
    clusters,
    service_deployments,
    tags,
    task_protection,
    task_sets,
    task_starts,
    tasks,
)
from roadstead.ecs.operations.container_instances import listing as instance_listing
from roadstead.ecs.operations.container_instances import registration as instance_registration
from roadstead.ecs.operations.container_instances import state as instance_state
from roadstead.ecs.operations.services.create import create_service
from roadstead.ecs.operations.services.delete import delete_service
from roadstead.ecs.operations.services.describe import describe_services
from roadstead.ecs.operations.services.listing import list_services, list_services_by_namespace
from roadstead.ecs.operations.services.update import update_service
from roadstead.ecs.operations.task_definitions import deregister, describe, listing, register
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

WRITES: dict[str, Callable[[Tx, Call, Request], Response]] = {
    "CreateCluster": clusters.create_cluster,
    "UpdateCluster": clusters.update_cluster,
    "UpdateClusterSettings": clusters.update_cluster_settings,
    "DeleteCluster": clusters.delete_cluster,
    "RegisterTaskDefinition": register.register_task_definition,
    "DeregisterTaskDefinition": deregister.deregister_task_definition,
    "DeleteTaskDefinitions": deregister.delete_task_definitions,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "PutAccountSetting": account_settings.put_account_setting,
    "PutAccountSettingDefault": account_settings.put_account_setting_default,
    "DeleteAccountSetting": account_settings.delete_account_setting,
    "PutAttributes": attributes.put_attributes,
    "DeleteAttributes": attributes.delete_attributes,
    "RegisterContainerInstance": instance_registration.register_container_instance,
    "DeregisterContainerInstance": instance_registration.deregister_container_instance,
    "UpdateContainerInstancesState": instance_state.update_container_instances_state,
    "UpdateContainerAgent": instance_state.update_container_agent,
    "SubmitTaskStateChange": agent.submit_task_state_change,
    "SubmitContainerStateChange": agent.submit_container_state_change,
    "SubmitAttachmentStateChanges": agent.submit_attachment_state_changes,
    "RunTask": task_starts.run_task,
    "StartTask": task_starts.start_task,
    "StopTask": tasks.stop_task,
    "CreateService": create_service,
    "UpdateService": update_service,
    "DeleteService": delete_service,
    "StopServiceDeployment": service_deployments.stop_service_deployment,
    "ContinueServiceDeployment": service_deployments.continue_service_deployment,
    "CreateTaskSet": task_sets.create_task_set,
    "UpdateTaskSet": task_sets.update_task_set,
    "DeleteTaskSet": task_sets.delete_task_set,
    "UpdateServicePrimaryTaskSet": task_sets.update_service_primary_task_set,
    "UpdateTaskProtection": task_protection.update_task_protection,
}

READS: dict[str, Callable[[View, Call, Request], Response]] = {
    "DescribeClusters": clusters.describe_clusters,
    "ListClusters": clusters.list_clusters,
    "DescribeTaskDefinition": describe.describe_task_definition,
    "ListTaskDefinitions": listing.list_task_definitions,
    "ListTaskDefinitionFamilies": listing.list_task_definition_families,
    "ListTagsForResource": tags.list_tags_for_resource,
    "ListAccountSettings": account_settings.list_account_settings,
    "ListAttributes": attributes.list_attributes,
    "DescribeContainerInstances": instance_listing.describe_container_instances,
    "ListContainerInstances": instance_listing.list_container_instances,
    "DiscoverPollEndpoint": agent.discover_poll_endpoint,
    "DescribeTasks": tasks.describe_tasks,
    "ListTasks": tasks.list_tasks,
    "DescribeServices": describe_services,
    "ListServices": list_services,
    "DescribeServiceDeployments": service_deployments.describe_service_deployments,
    "ListServiceDeployments": service_deployments.list_service_deployments,
    "DescribeServiceRevisions": service_deployments.describe_service_revisions,
    "ListServicesByNamespace": list_services_by_namespace,
    "DescribeTaskSets": task_sets.describe_task_sets,
    "GetTaskProtection": task_protection.get_task_protection,
}

UNIMPLEMENTED: tuple[str, ...] = (
    "AssociateGatewayWithCluster",
    "CreateCapacityProvider",
    "CreateDaemon",
    "CreateExpressGatewayService",
    "CreateGateway",
    "DeleteCapacityProvider",
    "DeleteDaemon",
    "DeleteDaemonTaskDefinition",
    "DeleteExpressGatewayService",
    "DeleteGateway",
    "DescribeCapacityProviders",
    "DescribeDaemon",
    "DescribeDaemonDeployments",
    "DescribeDaemonRevisions",
    "DescribeDaemonTaskDefinition",
    "DescribeExpressGatewayService",
    "DescribeGateway",
    "DescribeGatewayResources",
    "DescribeGatewayRoute",
    "DisassociateGatewayFromCluster",
    "ExecuteCommand",
    "ListDaemonDeployments",
    "ListDaemonTaskDefinitions",
    "ListDaemons",
    "ListGatewayClusterAssociations",
    "ListGatewayRoutes",
    "ListGateways",
    "PutClusterCapacityProviders",
    "RegisterDaemonTaskDefinition",
    "UpdateCapacityProvider",
    "UpdateDaemon",
    "UpdateExpressGatewayService",
    "UpdateGateway",
)
"""Answered with UnsupportedFeatureException; docs/parity.md lists them."""

"""A service revision as DescribeServiceRevisions shows it."""

from typing import Any

from roadstead.ecs.records.service_revision import ContainerImage, ServiceRevision


def service_revision_view(revision: ServiceRevision) -> dict[str, Any]:
    """What the tasks of the revision are made of.

    Shape: ServiceRevision
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html
    """
    shown: dict[str, Any] = {
        "serviceRevisionArn": revision.arn,
        "serviceArn": revision.service_arn,
        "clusterArn": revision.cluster_arn,
        "taskDefinition": revision.task_definition_arn,
        "launchType": revision.launch_type,
        "loadBalancers": list(revision.load_balancers),
        "serviceRegistries": list(revision.service_registries),
        "containerImages": [_image(each) for each in revision.container_images],
        "guardDutyEnabled": False,
        "createdAt": revision.created_at,
    }
    if revision.platform_version:
        shown["platformVersion"] = revision.platform_version
    if revision.resolved_target_groups:
        shown["resolvedConfiguration"] = {
            "loadBalancers": [
                {
                    "targetGroupArn": group,
                    "productionListenerRule": each["advancedConfiguration"][
                        "productionListenerRule"
                    ],
                }
                for each, group in zip(
                    revision.load_balancers, revision.resolved_target_groups, strict=True
                )
            ]
        }
    if revision.network_configuration:
        shown["networkConfiguration"] = revision.network_configuration
    return shown


def _image(image: ContainerImage) -> dict[str, Any]:
    """Shape: ContainerImage"""
    shown = {"containerName": image.container_name, "image": image.image}
    return shown | ({"imageDigest": image.image_digest} if image.image_digest else {})

"""What a task definition must have for its tasks to be reached by load balancers.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.ecs.rules.load_balancers.places import mapping_of


def check_containers(entries: Iterable[Mapping[str, Any]], definition: TaskDefinition) -> None:
    """Return if each load balancer leads to a port that a container of the definition shows.

    Raises: InvalidParameterException.
    """
    names = {each["name"] for each in definition.document["containerDefinitions"]}
    if definition.network_mode == "none":
        raise invalid_parameter(
            "Load balancers reach no task whose network mode is none: use bridge, host or awsvpc."
        )
    for entry in entries:
        name, port = entry["containerName"], entry["containerPort"]
        if name not in names:
            raise invalid_parameter(f"The container {name} does not exist in the task definition.")
        if mapping_of(definition, name, port) is None:
            raise invalid_parameter(
                f"The container {name} did not have a container port {port} defined."
            )


def check_target_type(target_group_arn: str, target_type: str, network_mode: str) -> None:
    """Return if targets of this type go with tasks of this network mode.

    Raises: InvalidParameterException.
    Source: observed: "… has target type instance, which is incompatible with the awsvpc …".
    """
    needed = "ip" if network_mode == "awsvpc" else "instance"
    if target_type != needed:
        raise invalid_parameter(
            f"The provided target group {target_group_arn} has target type {target_type}, which is "
            f"incompatible with the {network_mode} network mode specified in the task definition."
        )


def check_classic(
    entry: Mapping[str, Any], definition: TaskDefinition, instance_ports: Iterable[int]
) -> None:
    """Return if a Classic load balancer, whose listeners lead to these ports, reaches the tasks.

    Raises: InvalidParameterException.
    """
    if definition.network_mode == "awsvpc":
        raise invalid_parameter(
            "Classic Load Balancers do not support the awsvpc network mode: their targets are "
            "instances. Use a target group of the target type ip."
        )
    name, port = entry["containerName"], entry["containerPort"]
    mapping = mapping_of(definition, name, port) or {}
    host_port = port if definition.network_mode == "host" else mapping.get("hostPort")
    if not host_port:
        raise invalid_parameter(
            f"The container {name} needs a fixed hostPort for its port {port}: Classic Load "
            "Balancers do not support dynamic host port mapping."
        )
    ports = sorted(set(instance_ports))
    if host_port not in ports:
        raise invalid_parameter(
            f"The load balancer {entry['loadBalancerName']} has no listener with the instance port "
            f"{host_port}, which is the host port of {name}:{port}. Its instance ports: "
            f"{', '.join(str(each) for each in ports) or 'none'}."
        )

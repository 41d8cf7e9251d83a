"""`roadstead plan …`: the words; what they ask is answered by PlanChange, shown by `plan_lines`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from roadstead.cli.options import (
    AsJson,
    DataDir,
    InCluster,
    Instances,
    SecurityGroups,
    Subnets,
    finish,
    network_configuration,
)

plan_app = typer.Typer(
    help="What would happen: a change, rehearsed on the state as it is now. Nothing is changed.\n\n"
    "Exit statuses: 0 all comes to rest; 1 refused; 5 it would not come to rest.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Starts = Annotated[
    float | None,
    typer.Option("--start-seconds", min=0, help="Suppose tasks take so long to start. Default: 15"),
]
Stops = Annotated[
    float | None,
    typer.Option("--stop-seconds", min=0, help="Suppose tasks take so long to end. Default: 10"),
]
Instance = Annotated[
    str, typer.Argument(help="Container instance: id, its beginning, ARN, or i-… of EC2.")
]
Service = Annotated[str, typer.Argument(help="Service, by name or ARN.")]


@plan_app.command("deregister-container-instance")
def deregister_container_instance(
    instance: Instance,
    force: Annotated[bool, typer.Option("--force", help="Although tasks run on it.")] = False,
    cluster: InCluster = "",
    start_seconds: Starts = None,
    stop_seconds: Stops = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Deregister a container instance."""
    request = {"containerInstance": instance, "force": force or None, "cluster": cluster}
    _plan(data_dir, "DeregisterContainerInstance", request, start_seconds, stop_seconds, as_json)


@plan_app.command("drain")
def drain(
    instances: Instances,
    cluster: InCluster = "",
    start_seconds: Starts = None,
    stop_seconds: Stops = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Set container instances to DRAINING: where their tasks go."""
    request = {"containerInstances": instances, "status": "DRAINING", "cluster": cluster}
    _plan(data_dir, "UpdateContainerInstancesState", request, start_seconds, stop_seconds, as_json)


@plan_app.command("deregister-task-definition")
def deregister_task_definition(
    revision: Annotated[str, typer.Argument(help="As family:revision or ARN.")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Deregister a task definition: who still uses it."""
    _plan(data_dir, "DeregisterTaskDefinition", {"taskDefinition": revision}, None, None, as_json)


@plan_app.command("update-service")
def update_service(
    service: Service,
    desired_count: Annotated[int | None, typer.Option(min=0, help="Tasks wanted.")] = None,
    task_definition: Annotated[
        str, typer.Option(help="Another revision: family, family:revision or ARN.")
    ] = "",
    force_new_deployment: Annotated[
        bool, typer.Option("--force-new-deployment", help="Replace its tasks in any case.")
    ] = False,
    minimum_healthy_percent: Annotated[int | None, typer.Option(min=0, max=100)] = None,
    maximum_percent: Annotated[int | None, typer.Option(min=100)] = None,
    subnets: Subnets = None,
    security_groups: SecurityGroups = None,
    cluster: InCluster = "",
    start_seconds: Starts = None,
    stop_seconds: Stops = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Change a service: which tasks are replaced, in which order, and for how long it is short."""
    configuration = {
        "minimumHealthyPercent": minimum_healthy_percent,
        "maximumPercent": maximum_percent,
    }
    request = {
        "service": service,
        "cluster": cluster,
        "desiredCount": desired_count,
        "taskDefinition": task_definition,
        "forceNewDeployment": force_new_deployment or None,
        "deploymentConfiguration": {
            name: value for name, value in configuration.items() if value is not None
        },
        "networkConfiguration": network_configuration(subnets, security_groups),
    }
    _plan(data_dir, "UpdateService", request, start_seconds, stop_seconds, as_json)


@plan_app.command("delete-service")
def delete_service(
    service: Service,
    force: Annotated[bool, typer.Option("--force", help="Although it wants tasks.")] = False,
    cluster: InCluster = "",
    start_seconds: Starts = None,
    stop_seconds: Stops = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Delete a service."""
    request = {"service": service, "force": force or None, "cluster": cluster}
    _plan(data_dir, "DeleteService", request, start_seconds, stop_seconds, as_json)


@plan_app.command("stop-task")
def stop_task(
    task: Annotated[str, typer.Argument(help="Task: id, its beginning, or ARN.")],
    cluster: InCluster = "",
    start_seconds: Starts = None,
    stop_seconds: Stops = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Stop a task: who replaces it, and where."""
    _plan(
        data_dir, "StopTask", {"task": task, "cluster": cluster},
        start_seconds, stop_seconds, as_json,
    )  # fmt: skip


@plan_app.command("run-task")
def run_task(
    task_definition: Annotated[str, typer.Argument(help="Family, family:revision or ARN.")],
    count: Annotated[int, typer.Option(min=1, max=10, help="How many.")] = 1,
    subnets: Subnets = None,
    security_groups: SecurityGroups = None,
    cluster: InCluster = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Run tasks: where they go."""
    request = {
        "taskDefinition": task_definition,
        "count": count,
        "cluster": cluster,
        "networkConfiguration": network_configuration(subnets, security_groups),
    }
    _plan(data_dir, "RunTask", request, None, None, as_json)


def _plan(
    data_dir: Path | None,
    operation: str,
    request: dict[str, Any],
    start_seconds: float | None,
    stop_seconds: float | None,
    as_json: bool,  # as the user gave it
) -> None:
    from roadstead.cli.plan_lines import plan_lines, status_of
    from roadstead.cli.questions import asked, without_empty

    assumptions = {
        name: value
        for name, value in (("startSeconds", start_seconds), ("stopSeconds", stop_seconds))
        if value is not None
    }
    question = {
        "operation": operation,
        "request": without_empty(request),
        "assumptions": assumptions,
    }
    finish(
        asked(data_dir, "PlanChange", question, plan_lines, as_json=as_json, status_of=status_of)
    )

"""`roadstead explain …`: the words; the answers are shown by `explain_lines`."""

from typing import Annotated

import typer

from roadstead.cli.options import (
    AsJson,
    DataDir,
    InCluster,
    SecurityGroups,
    Subnets,
    finish,
    network_configuration,
)

explain_app = typer.Typer(
    help="Why something is as it is, and what helps.", no_args_is_help=True, rich_markup_mode=None
)


@explain_app.command("service")
def service(
    name: Annotated[str, typer.Argument(help="Service, by name or ARN.")],
    cluster: InCluster = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Why a service is, or is not, steady, and what its scheduler does next."""
    from roadstead.cli.explain_lines import service_lines
    from roadstead.cli.questions import asked

    request = {"service": name, "cluster": cluster}
    finish(asked(data_dir, "ExplainService", request, service_lines, as_json=as_json))


@explain_app.command("task")
def task(
    identity: Annotated[str, typer.Argument(help="Task: id, its beginning, or ARN.")],
    cluster: InCluster = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Where a task stands, why it is there, why it stopped."""
    from roadstead.cli.explain_lines import task_lines
    from roadstead.cli.questions import asked

    request = {"task": identity, "cluster": cluster}
    finish(asked(data_dir, "ExplainTask", request, task_lines, as_json=as_json))


@explain_app.command("run-task")
def run_task(
    task_definition: Annotated[str, typer.Option(help="Family, family:revision or ARN.")],
    constraint: Annotated[
        list[str] | None,
        typer.Option(
            help="distinctInstance, or an expression of the cluster query language; may be "
            "repeated."
        ),
    ] = None,
    subnets: Subnets = None,
    security_groups: SecurityGroups = None,
    cluster: InCluster = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Where a task would be placed now, or why nowhere."""
    from roadstead.cli.explain_lines import placement_answer_lines
    from roadstead.cli.questions import asked

    request = {
        "taskDefinition": task_definition,
        "cluster": cluster,
        "placementConstraints": [
            {"type": each}
            if each == "distinctInstance"
            else {"type": "memberOf", "expression": each}
            for each in constraint or ()
        ],
        "networkConfiguration": network_configuration(subnets, security_groups),
    }
    finish(asked(data_dir, "ExplainPlacement", request, placement_answer_lines, as_json=as_json))

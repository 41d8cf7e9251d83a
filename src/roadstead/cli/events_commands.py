"""`roadstead events`: its words; what it does is in `events.py`."""

from typing import Annotated

import typer

from roadstead.cli.options import DataDir, finish


def events(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what happens.")
    ] = False,
    cluster: Annotated[str, typer.Option(help="Only of this cluster, by name or ARN.")] = "",
    service: Annotated[str, typer.Option(help="Only of this service and its tasks.")] = "",
    task: Annotated[str, typer.Option(help="Only of this task, by id or ARN.")] = "",
    types: Annotated[
        list[str] | None,
        typer.Option(
            "--type",
            help="Only these: task, container-instance, service, deployment or hook; may be "
            "repeated.",
        ),
    ] = None,
    since: Annotated[
        str,
        typer.Option(help="How far back: 30s, 10m, 2h. Default: all, with --follow from now on."),
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="One line of JSON each, as EventBridge has them.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Show what happened: tasks, instances, services, deployments."""
    from roadstead.cli.events import Query, show

    finish(
        show(
            data_dir,
            Query(
                follow=follow,
                cluster=cluster,
                service=service,
                task=task,
                types=tuple(types or ()),
                since=since,
            ),
            as_json=as_json,
        )
    )

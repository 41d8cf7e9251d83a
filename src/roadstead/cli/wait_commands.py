"""`roadstead wait …`: the words; what they do is in `wait.py`."""

from pathlib import Path
from typing import Annotated

import typer

from roadstead.cli.options import AsJson, DataDir, InCluster, Instances, finish

wait_app = typer.Typer(
    help="Wait until something is so, and say what holds it up. Ctrl-C ends the waiting only.\n\n"
    "Exit statuses: 0 it is so; 1 it can never be; 124 the time is up; 130 Ctrl-C.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Timeout = Annotated[str, typer.Option(help="For how long at most: 30s, 10m, 2h.")]
Services = Annotated[list[str], typer.Argument(help="Services, by name or ARN.")]
Tasks = Annotated[list[str], typer.Argument(help="Tasks: ids, their beginnings, or ARNs.")]
TEN_MINUTES = "10m"


@wait_app.command("drained")
def drained(
    instances: Instances,
    timeout: Timeout = TEN_MINUTES,
    cluster: InCluster = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Until DRAINING container instances have no task left."""
    _wait(data_dir, "DRAINED", instances, cluster, timeout, as_json)


@wait_app.command("deregistered")
def deregistered(
    instances: Instances,
    timeout: Timeout = TEN_MINUTES,
    cluster: InCluster = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Until container instances are deregistered."""
    _wait(data_dir, "DEREGISTERED", instances, cluster, timeout, as_json)


@wait_app.command("stable")
def stable(
    services: Services,
    timeout: Timeout = TEN_MINUTES,
    cluster: InCluster = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Until services are in a steady state, with all their tasks."""
    _wait(data_dir, "STABLE", services, cluster, timeout, as_json)


@wait_app.command("running")
def running(
    tasks: Tasks,
    timeout: Timeout = TEN_MINUTES,
    cluster: InCluster = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Until tasks are RUNNING."""
    _wait(data_dir, "RUNNING", tasks, cluster, timeout, as_json)


@wait_app.command("stopped")
def stopped(
    tasks: Tasks,
    timeout: Timeout = TEN_MINUTES,
    cluster: InCluster = "",
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Until tasks are STOPPED."""
    _wait(data_dir, "STOPPED", tasks, cluster, timeout, as_json)


def _wait(
    data_dir: Path | None,
    condition: str,
    targets: list[str],
    cluster: str,
    timeout: str,
    as_json: bool,  # as the user gave it
) -> None:
    from roadstead.cli import wait

    question = wait.Question(condition=condition, targets=tuple(targets), cluster=cluster)
    finish(wait.wait(data_dir, question, timeout, as_json=as_json))

"""Options that several commands share, and how a command ends.

Nothing heavy is imported here: `roadstead --help` reads this.
"""

import os
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

DEFAULT_PORT = 8747
"""Kept here as well as in settings.py, which `--help` need not import. A test compares them."""

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Where state is kept. Default: ROADSTEAD_DATA_DIR, /var/lib/roadstead for root, "
        "else ~/.local/state/roadstead.",
    ),
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The control plane's port.")]
Cluster = Annotated[str, typer.Option(help="The cluster that instances join; made at the start.")]
InCluster = Annotated[str, typer.Option("--cluster", help="The cluster, by name or ARN.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="As JSON, with all details, as the API answers.")
]
Runtime = Annotated[str, typer.Option(help="What runs containers: oci.")]
VpcCidr = Annotated[
    str, typer.Option(help="A private /16 for instances. Default: the first free, 172.31.0.0/16.")
]
ReachMachine = Annotated[
    bool,
    typer.Option(
        "--reach-machine",
        help="Let tasks reach what listens on this machine itself, as their groups' egress says.",
    ),
]
InstanceType = Annotated[str, typer.Option(help="The EC2 type that instances say they are.")]
InstanceCpu = Annotated[
    int, typer.Option(min=0, help="CPU units of an instance (1024 a vCPU). Default: its type's.")
]
InstanceMemory = Annotated[
    int, typer.Option(min=0, help="MiB of memory of an instance. Default: its type's.")
]
HealthyAfter = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Seconds of RUNNING after which a service task without health check counts as "
        "healthy. Default: ECS's 40.",
    ),
]
EventLog = Annotated[
    Path | None,
    typer.Option(
        "--event-log",
        help="Append every event to this file as a line of JSON. Default: ROADSTEAD_EVENT_LOG.",
    ),
]
ConsoleOrigins = Annotated[
    list[str] | None,
    typer.Option(
        "--console-origin",
        help="The origin of a console that is served elsewhere, scheme://host:port, whose pages "
        "may call this server; may be repeated. Default: ROADSTEAD_CONSOLE_ORIGINS.",
    ),
]
DeadHostGrace = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Seconds without a word from an instance's agent after which its service tasks are "
        "replaced elsewhere. Default: 0, never, as ECS.",
    ),
]
Subnets = Annotated[
    list[str] | None, typer.Option("--subnet", help="Of awsvpc tasks; again for another one.")
]
SecurityGroups = Annotated[
    list[str] | None, typer.Option("--security-group", help="Of awsvpc tasks; again for more.")
]
Instances = Annotated[
    list[str], typer.Argument(help="Container instances: ids, ARNs, or i-… of EC2.")
]
Parent = Annotated[int, typer.Option(hidden=True)]


def tune(healthy_after: int | None, dead_host_grace: int | None) -> None:
    """Hand on to this process and its children what options chose of ECS's numbers."""
    if healthy_after is not None:
        os.environ["ROADSTEAD_TUNING_HEALTHY_AFTER_RUNNING_SECONDS"] = str(healthy_after)
    if dead_host_grace is not None:
        os.environ["ROADSTEAD_TUNING_DEAD_HOST_GRACE_SECONDS"] = str(dead_host_grace)


def network_configuration(
    subnets: list[str] | None, security_groups: list[str] | None
) -> dict[str, Any] | None:
    """The network configuration of awsvpc tasks, if any part of it was given."""
    if not subnets and not security_groups:
        return None
    return {
        "awsvpcConfiguration": {"subnets": subnets or [], "securityGroups": security_groups or []}
    }


def log_events(path: Path | None) -> None:
    """Hand on to this process and its children where events are to be written."""
    if path is not None:
        os.environ["ROADSTEAD_EVENT_LOG"] = str(path.absolute())


def allow_consoles(origins: list[str] | None) -> None:
    """Hand on to this process which pages beside its own may call it."""
    if origins:
        os.environ["ROADSTEAD_CONSOLE_ORIGINS"] = ",".join(origins)


def finish(status: int) -> NoReturn:
    """End the command with this exit status."""
    raise typer.Exit(status)

"""`roadstead server`, `host` and `agent`: the programs, each alone.

What they run is imported only when it is run.
"""

import logging
import os
import sys
from typing import Annotated

import typer

from roadstead.cli.options import (
    DEFAULT_PORT,
    Cluster,
    ConsoleOrigins,
    DataDir,
    DeadHostGrace,
    EventLog,
    HealthyAfter,
    InstanceCpu,
    InstanceMemory,
    InstanceType,
    Parent,
    Port,
    ReachMachine,
    Runtime,
    VpcCidr,
    allow_consoles,
    finish,
    log_events,
    tune,
)
from roadstead.cli.terminal import EXIT_FAILED
from roadstead.log_lines import log_to_standard_error


def server(
    data_dir: DataDir = None,
    port: Port = DEFAULT_PORT,
    listen: Annotated[
        list[str] | None,
        typer.Option(help="An address to answer on, host:port; may be repeated."),
    ] = None,
    agent_endpoint: Annotated[
        str, typer.Option(help="The URL that agents are told to poll. Default: the one they used.")
    ] = "",
    healthy_after: HealthyAfter = None,
    dead_host_grace: DeadHostGrace = None,
    event_log: EventLog = None,
    data_plane: Annotated[
        bool,
        typer.Option(
            "--data-plane", help="Let load balancers carry traffic; a host here runs the proxy."
        ),
    ] = False,
    console_origin: ConsoleOrigins = None,
    parent: Parent = 0,
) -> None:
    """Start the control plane alone."""
    from roadstead import settings
    from roadstead.cli import place

    tune(healthy_after, dead_host_grace)
    log_events(event_log)
    allow_consoles(console_origin)
    _be_a_program(parent)
    where = place.new(data_dir)
    from roadstead.server.main import run

    finish(
        run(
            settings.ServerSettings(
                data_dir=where.data_dir.path,
                listen=tuple(listen or [f"127.0.0.1:{port}"]),
                account_id=where.account_id,
                region=where.region,
                agent_endpoint=agent_endpoint,
                event_log=settings.event_log(),
                default_vpc=settings.default_vpc(),
                data_plane=data_plane,
                console_dir=settings.console_dir(),
                console_origins=settings.console_origins(),
            )
        )
    )


def host(
    data_dir: DataDir = None,
    port: Port = DEFAULT_PORT,
    endpoint: Annotated[
        str, typer.Option(help="The control plane's URL. Default: 127.0.0.1 at --port.")
    ] = "",
    agent_endpoint: Annotated[
        str, typer.Option(help="The same, for agents. Default: the VPC's gateway at --port.")
    ] = "",
    cluster: Cluster = "default",
    runtime: Runtime = "oci",
    vpc_cidr: VpcCidr = "",
    reach_machine: ReachMachine = False,
    instance_type: InstanceType = "t3.medium",
    instance_cpu: InstanceCpu = 0,
    instance_memory: InstanceMemory = 0,
    parent: Parent = 0,
) -> None:
    """Carry EC2 instances on this machine, for a control plane that runs already."""
    from roadstead import settings
    from roadstead.cli import place
    from roadstead.host.main import run

    _be_a_program(parent)
    where = place.new(data_dir)
    finish(
        run(
            settings.HostSettings(
                data_dir=where.data_dir.path,
                port=port,
                endpoint=endpoint,
                agent_endpoint=agent_endpoint,
                account_id=where.account_id,
                region=where.region,
                cluster=cluster,
                runtime=runtime,
                vpc_cidr=vpc_cidr,
                reach_machine=reach_machine,
                instance_type=instance_type,
                instance_cpu_units=instance_cpu,
                instance_memory_mib=instance_memory,
            )
        )
    )


def agent(context: typer.Context) -> None:
    """Make this machine, or an instance, a container instance."""
    os.execv(sys.executable, [sys.executable, "-m", "roadstead.agent", *context.args])  # noqa: S606  # the agent takes this process's place, words passed as they are


def _be_a_program(parent: int) -> None:
    """Log for people, and end when the `up` that started us does, even if it is killed."""
    import signal

    from roadstead.host import kernel

    log_to_standard_error(_log_level(os.environ.get("ROADSTEAD_LOG_LEVEL") or "INFO"))
    if parent:
        kernel.die_with_parent(signal.SIGTERM)
        if os.getppid() != parent:
            finish(EXIT_FAILED)


def _log_level(name: str) -> int:
    """Raises: SettingError for a word that is no level."""
    from roadstead.settings import SettingError

    levels = {each: number for each, number in logging.getLevelNamesMapping().items() if number}
    if name.upper() not in levels:
        raise SettingError(
            f"ROADSTEAD_LOG_LEVEL is {name!r}.", f"Set it to one of {', '.join(levels)}."
        )
    return levels[name.upper()]

"""The `roadstead` command: its words and options. What they do is imported only when it is done.

Exit statuses: 0 done; 1 failed; 2 wrong words or values; 3 this machine lacks something; 4 nothing
runs where the command was to act.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from roadstead.cli.terminal import (
    EXIT_FAILED,
    EXIT_MACHINE_LACKS,
    EXIT_NOT_RUNNING,
    EXIT_USAGE,
    complain,
    say,
)

DEFAULT_PORT = 8747
"""Kept here as well as in settings.py, which `--help` need not import. A test compares them."""

app = typer.Typer(
    name="roadstead",
    help="Amazon ECS that anyone can run: task definitions and services, on your own machines.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
instance_app = typer.Typer(
    help="EC2 instances that this machine carries.", no_args_is_help=True, rich_markup_mode=None
)
image_app = typer.Typer(
    help="Container images without a registry.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(instance_app, name="instance")
app.add_typer(image_app, name="image")

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
Runtime = Annotated[str, typer.Option(help="What runs containers: oci.")]
VpcCidr = Annotated[
    str, typer.Option(help="A private /16 for instances. Default: the first free, 172.31.0.0/16.")
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
Parent = Annotated[int, typer.Option(hidden=True)]


@app.command()
def up(
    data_dir: DataDir = None,
    port: Port = DEFAULT_PORT,
    instances: Annotated[
        int | None,
        typer.Option(min=0, help="EC2 instances to have at least. Default: 3 on the first start."),
    ] = None,
    cluster: Cluster = "default",
    runtime: Runtime = "oci",
    vpc_cidr: VpcCidr = "",
    instance_type: InstanceType = "t3.medium",
    instance_cpu: InstanceCpu = 0,
    instance_memory: InstanceMemory = 0,
    healthy_after: HealthyAfter = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return once it is ready.")
    ] = False,
    write_profile: Annotated[
        bool, typer.Option("--write-profile", help="Write an AWS profile called roadstead.")
    ] = False,
) -> None:
    """Start everything: the control plane, and container instances on this machine."""
    from roadstead.cli import up as ups

    _tune(healthy_after)
    options = ups.UpOptions(
        data_dir=data_dir,
        port=port,
        instances=instances,
        cluster=cluster,
        runtime=runtime,
        vpc_cidr=vpc_cidr,
        instance_type=instance_type,
        instance_cpu_units=instance_cpu,
        instance_memory_mib=instance_memory,
        write_profile=write_profile,
    )
    if detach:
        words = [word for word in sys.argv[2:] if word not in ("--detach", "-d")]
        from roadstead.cli.detached import up_detached

        _exit(up_detached(options, words))
    _exit(ups.up(options))


@app.command()
def down(
    data_dir: DataDir = None,
    purge: Annotated[
        bool, typer.Option("--purge", help="Also remove all state, and every trace.")
    ] = False,
    keep_running: Annotated[
        bool, typer.Option("--keep-running", help="Leave agents and containers running.")
    ] = False,
) -> None:
    """Stop what `up` started. State is kept, and a second `up` resumes."""
    from roadstead.cli import down as downs

    if purge and keep_running:
        complain("--purge removes containers, --keep-running leaves them: give only one of them.")
        _exit(EXIT_USAGE)
    _exit(downs.down(data_dir, purge_all=purge, keep_running=keep_running))


@app.command()
def env(data_dir: DataDir = None) -> None:
    """Print variables that make AWS tools talk to it: eval "$(roadstead env)"."""
    import shlex

    from roadstead import data_dir as data_dirs
    from roadstead.cli import place

    where = place.existing(data_dir)
    key = where.root_key()
    for name, value in (
        ("AWS_ENDPOINT_URL", where.endpoint),
        ("AWS_ACCESS_KEY_ID", key.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", key.secret_access_key),
        ("AWS_DEFAULT_REGION", where.region),
        ("AWS_REGION", where.region),
    ):
        say(f"export {name}={shlex.quote(value)}")
    say("unset AWS_PROFILE AWS_SESSION_TOKEN")
    if not data_dirs.is_locked(where.data_dir, "up"):
        complain(f"Nothing runs in {where.data_dir.path} now; `roadstead up` starts it.")


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Say what this machine lacks, and how to get it."""
    from roadstead.cli import doctor as doctors
    from roadstead.settings import default_data_dir

    findings = doctors.examine((data_dir or default_data_dir()).absolute())
    for one in findings:
        mark = "ok     " if one.is_well else ("MISSING" if one.is_needed else "warning")
        say(f"{mark}  {one.name}: {one.detail}")
        if not one.is_well:
            say(f"         → {one.cure}")
    if doctors.lacks(findings):
        _exit(EXIT_MACHINE_LACKS)
    say("This machine has all that Roadstead needs.")


@app.command()
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
    parent: Parent = 0,
) -> None:
    """Start the control plane alone."""
    from roadstead import settings
    from roadstead.cli import place

    _tune(healthy_after)
    _be_a_program(parent)
    where = place.new(data_dir)
    from roadstead.server.main import run

    _exit(
        run(
            settings.ServerSettings(
                data_dir=where.data_dir.path,
                listen=tuple(listen or [f"127.0.0.1:{port}"]),
                account_id=where.account_id,
                region=where.region,
                agent_endpoint=agent_endpoint,
            )
        )
    )


@app.command()
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
    _exit(
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
                instance_type=instance_type,
                instance_cpu_units=instance_cpu,
                instance_memory_mib=instance_memory,
            )
        )
    )


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def agent(context: typer.Context) -> None:
    """Make this machine, or an instance, a container instance."""
    os.execv(sys.executable, [sys.executable, "-m", "roadstead.agent", *context.args])  # noqa: S606  # the agent takes this process's place, words passed as they are


@instance_app.command("add")
def instance_add(
    count: Annotated[int, typer.Argument(min=1, help="How many.")] = 1,
    data_dir: DataDir = None,
    instance_type: Annotated[str, typer.Option("--type", help="EC2 type.")] = "",
    cpu: InstanceCpu = 0,
    memory: InstanceMemory = 0,
) -> None:
    """Launch instances; prints their ids."""
    from roadstead.cli import instances

    _exit(instances.add(data_dir, count, instance_type, cpu, memory))


@instance_app.command("list")
def instance_list(
    data_dir: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with all details.")] = False,
) -> None:
    """Show instances: id, status, address, zone, agent, container instance."""
    from roadstead.cli import instances

    _exit(instances.show(data_dir, as_json))


InstanceIds = Annotated[list[str], typer.Argument(help="Ids, such as i-0123456789abcdef0.")]


@instance_app.command("stop")
def instance_stop(ids: InstanceIds, data_dir: DataDir = None) -> None:
    """End all that an instance runs; its disk and address stay."""
    from roadstead.cli import instances

    _exit(instances.change(data_dir, "stop", ids))


@instance_app.command("start")
def instance_start(ids: InstanceIds, data_dir: DataDir = None) -> None:
    """Start a stopped instance again, or an agent that ended for good."""
    from roadstead.cli import instances

    _exit(instances.change(data_dir, "start", ids))


@instance_app.command("terminate")
def instance_terminate(ids: InstanceIds, data_dir: DataDir = None) -> None:
    """Remove an instance and its disk."""
    from roadstead.cli import instances

    _exit(instances.change(data_dir, "terminate", ids))


@image_app.command("import")
def image_import(
    file: Annotated[Path, typer.Argument(help="An OCI layout or a docker archive.")],
    name: Annotated[str, typer.Option(help="What to call it. Default: its own name.")] = "",
    data_dir: DataDir = None,
) -> None:
    """Make an image from a file known to every instance of this machine."""
    from roadstead.cli import images

    _exit(images.import_file(data_dir, file, name))


@image_app.command("list")
def image_list(data_dir: DataDir = None) -> None:
    """Show the images that instances have."""
    from roadstead.cli import images

    _exit(images.show(data_dir))


def main() -> None:
    """Run the command that the user typed; errors that we foresaw are told without a traceback."""
    from roadstead.data_dir import DataDirError

    try:
        app()
    except DataDirError as error:
        complain(str(error))
        sys.exit(EXIT_FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        status = _foreseen(error)
        if status is None:
            raise
        complain(str(error))
        sys.exit(status)


def _foreseen(error: Exception) -> int | None:
    """The exit status for an error whose text tells the user enough; None for any other."""
    from roadstead.host.client import HostRefused, HostUnreachable
    from roadstead.host.nftables import NftablesError
    from roadstead.host.records import HostError
    from roadstead.keys import KeysError
    from roadstead.settings import SettingError

    statuses: list[tuple[type[Exception], int]] = [
        (SettingError, EXIT_USAGE),
        (HostUnreachable, EXIT_NOT_RUNNING),
        (HostRefused, EXIT_FAILED),
        (HostError, EXIT_FAILED),
        (KeysError, EXIT_FAILED),
        (NftablesError, EXIT_MACHINE_LACKS),
        (PermissionError, EXIT_FAILED),
    ]
    return next((status for kind, status in statuses if isinstance(error, kind)), None)


def _tune(healthy_after: int | None) -> None:
    """Hand on to this process and its children what an option chose of ECS's numbers."""
    if healthy_after is not None:
        os.environ["ROADSTEAD_TUNING_HEALTHY_AFTER_RUNNING_SECONDS"] = str(healthy_after)


def _be_a_program(parent: int) -> None:
    """Log for people, and end when the `up` that started us does, even if it is killed."""
    import signal

    from roadstead.host import kernel

    logging.basicConfig(
        level=os.environ.get("ROADSTEAD_LOG_LEVEL", "INFO").upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    if parent:
        kernel.die_with_parent(signal.SIGTERM)
        if os.getppid() != parent:
            _exit(EXIT_FAILED)


def _exit(status: int) -> Any:
    raise typer.Exit(status)

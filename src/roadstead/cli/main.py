"""The `roadstead` command: its words and options. What they do is imported only when it is done.

Exit statuses: 0 done; 1 failed; 2 wrong words or values; 3 this machine lacks something; 4 nothing
runs where the command was to act; 5 a plan would not come to rest; 124 the time to wait is up; 130
Ctrl-C.
"""

import sys
from typing import Annotated

import typer

from roadstead.cli import console_commands, events_commands, program_commands
from roadstead.cli.explain_commands import explain_app
from roadstead.cli.image_commands import image_app
from roadstead.cli.instance_commands import instance_app
from roadstead.cli.options import (
    DEFAULT_PORT,
    AsJson,
    Cluster,
    DataDir,
    DeadHostGrace,
    EventLog,
    HealthyAfter,
    InstanceCpu,
    InstanceMemory,
    InstanceType,
    Port,
    ReachMachine,
    Runtime,
    VpcCidr,
    finish,
    log_events,
    tune,
)
from roadstead.cli.plan_commands import plan_app
from roadstead.cli.terminal import (
    EXIT_FAILED,
    EXIT_MACHINE_LACKS,
    EXIT_NOT_RUNNING,
    EXIT_USAGE,
    complain,
    say,
)
from roadstead.cli.wait_commands import wait_app

app = typer.Typer(
    name="roadstead",
    help="Amazon ECS that anyone can run: task definitions and services, on your own machines.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


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
    reach_machine: ReachMachine = False,
    instance_type: InstanceType = "t3.medium",
    instance_cpu: InstanceCpu = 0,
    instance_memory: InstanceMemory = 0,
    healthy_after: HealthyAfter = None,
    dead_host_grace: DeadHostGrace = None,
    event_log: EventLog = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return once it is ready.")
    ] = False,
    write_profile: Annotated[
        bool, typer.Option("--write-profile", help="Write an AWS profile called roadstead.")
    ] = False,
) -> None:
    """Start everything: the control plane, and container instances on this machine."""
    from roadstead.cli import up as ups

    tune(healthy_after, dead_host_grace)
    log_events(event_log)
    options = ups.UpOptions(
        data_dir=data_dir,
        port=port,
        instances=instances,
        cluster=cluster,
        runtime=runtime,
        vpc_cidr=vpc_cidr,
        reach_machine=reach_machine,
        instance_type=instance_type,
        instance_cpu_units=instance_cpu,
        instance_memory_mib=instance_memory,
        write_profile=write_profile,
    )
    if detach:
        words = [word for word in sys.argv[2:] if word not in ("--detach", "-d")]
        from roadstead.cli.detached import up_detached

        finish(up_detached(options, words))
    finish(ups.up(options))


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
        finish(EXIT_USAGE)
    finish(downs.down(data_dir, purge_all=purge, keep_running=keep_running))


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
        finish(EXIT_MACHINE_LACKS)
    say("This machine has all that Roadstead needs.")


@app.command()
def targets(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show how many requests each target of a load balancer has had since the proxy has it."""
    from roadstead.cli import targets as counted

    finish(counted.show(data_dir, as_json))


app.command()(console_commands.console)
app.command()(events_commands.events)
app.command()(program_commands.server)
app.command()(program_commands.host)
app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)(program_commands.agent)
app.add_typer(instance_app, name="instance")
app.add_typer(image_app, name="image")
app.add_typer(plan_app, name="plan")
app.add_typer(explain_app, name="explain")
app.add_typer(wait_app, name="wait")


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
    except Exception as error:  # raised again unless it was foreseen
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

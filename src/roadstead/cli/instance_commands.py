"""`roadstead instance …`: the words; what they do is in `instances.py`."""

from typing import Annotated

import typer

from roadstead.cli.options import DataDir, InstanceCpu, InstanceMemory, finish

instance_app = typer.Typer(
    help="EC2 instances that this machine carries.", no_args_is_help=True, rich_markup_mode=None
)


@instance_app.command("add")
def instance_add(
    count: Annotated[int, typer.Argument(min=1, help="How many.")] = 1,
    data_dir: DataDir = None,
    instance_type: Annotated[str, typer.Option("--type", help="EC2 type.")] = "",
    cpu: InstanceCpu = 0,
    memory: InstanceMemory = 0,
    cluster: Annotated[
        str, typer.Option(help="The cluster that they join. Default: that of `up`.")
    ] = "",
) -> None:
    """Launch instances; prints their ids."""
    from roadstead.cli import instances

    finish(instances.add(data_dir, count, instance_type, cpu, memory, cluster))


@instance_app.command("list")
def instance_list(
    data_dir: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with all details.")] = False,
) -> None:
    """Show instances: id, status, address, zone, agent, container instance."""
    from roadstead.cli import instances

    finish(instances.show(data_dir, as_json))


InstanceIds = Annotated[list[str], typer.Argument(help="Ids, such as i-0123456789abcdef0.")]


@instance_app.command("stop")
def instance_stop(ids: InstanceIds, data_dir: DataDir = None) -> None:
    """End all that an instance runs; its disk and address stay."""
    from roadstead.cli import instances

    finish(instances.change(data_dir, "stop", ids))


@instance_app.command("start")
def instance_start(ids: InstanceIds, data_dir: DataDir = None) -> None:
    """Start a stopped instance again, or an agent that ended for good."""
    from roadstead.cli import instances

    finish(instances.change(data_dir, "start", ids))


@instance_app.command("terminate")
def instance_terminate(ids: InstanceIds, data_dir: DataDir = None) -> None:
    """Remove an instance and its disk."""
    from roadstead.cli import instances

    finish(instances.change(data_dir, "terminate", ids))

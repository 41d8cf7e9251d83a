"""The host's control socket: `host.sock` in the data directory, for its owner alone.

One JSON object per line. A request names an `op`; answers are any number of `{"progress": …}` and
one `{"result": …}` or `{"error": …}`. The socket answers once instances have been resumed.
"""

import asyncio
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec

from roadstead.host.fleet import Fleet
from roadstead.host.records import HostError, Instance
from roadstead.settings import SettingError

LINE_BYTES_MAX = 64 * 1024
SOCKET_PATH_MAX = 107
"""Source: man 7 unix (sun_path)"""

Ending = Literal["keep", "off", "purge"]
"""What becomes of the instances when the host ends: they run on, are turned off, or removed."""

log = logging.getLogger(__name__)


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a client asks of the host."""

    op: Literal["add", "list", "stop", "start", "terminate", "shutdown"]
    count: int = 1
    instance_id: str = ""
    instance_type: str = ""
    cpu_units: int = 0
    memory_mib: int = 0
    cluster: str = ""
    ending: Ending = "off"


class Status(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An instance as `roadstead instance list` shows it."""

    instance_id: str
    status: str
    address: str
    zone: str
    instance_type: str
    cpu_units: int
    memory_mib: int
    eni_id: str
    subnet_id: str
    namespace: str
    cluster: str
    launched_at: str
    agent: str
    agent_pid: int | None
    agent_reason: str
    unreported: tuple[str, ...]
    report_error: str


@asynccontextmanager
async def listening(path: Path, fleet: Fleet, end: Callable[[Ending], None]) -> AsyncIterator[None]:
    """Answer on the socket at `path` inside the block.

    Raises: HostError when the path is too long for a socket.
    """
    if len(os.fsencode(path)) > SOCKET_PATH_MAX:
        raise HostError(
            f"The path {path} is too long for a socket ({SOCKET_PATH_MAX} bytes at most). "
            "Choose a shorter data directory with --data-dir."
        )
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    previous = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(previous)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _serve(reader, writer, fleet, end)
        except asyncio.CancelledError:
            return  # the program ends; asyncio would log a cancelled conversation as a failure

    server = await asyncio.start_unix_server(serve, sock=listener, limit=LINE_BYTES_MAX)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


def status(instance: Instance, fleet: Fleet) -> Status:
    """What to show of an instance."""
    keeper = fleet.keeper(instance.instance_id)
    return Status(
        instance_id=instance.instance_id,
        status=instance.state,
        address=instance.address,
        zone=instance.zone,
        instance_type=instance.instance_type,
        cpu_units=instance.cpu_units,
        memory_mib=instance.memory_mib,
        eni_id=instance.eni_id,
        subnet_id=instance.subnet_id,
        namespace=instance.namespace,
        cluster=instance.cluster,
        launched_at=instance.launched_at.isoformat(),
        agent="none" if keeper is None else keeper.status,
        agent_pid=None if keeper is None else keeper.pid,
        agent_reason="" if keeper is None else keeper.reason,
        unreported=instance.unreported,
        report_error=instance.report_error,
    )


async def _serve(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    fleet: Fleet,
    end: Callable[[Ending], None],
) -> None:
    """One client's conversation; a request that cannot be granted leaves the connection open."""

    async def tell(message: dict[str, Any]) -> None:
        writer.write(json.dumps(message).encode() + b"\n")
        await writer.drain()

    try:
        while line := await reader.readline():
            try:
                request = msgspec.json.decode(line, type=Request)
                await tell({"result": await _answer(request, fleet, end, tell)})
            except (HostError, SettingError) as error:
                await tell({"error": str(error)})
            except (msgspec.DecodeError, OSError) as error:
                log.warning("request %.200r failed", line, exc_info=error)
                await tell({"error": f"The host could not do this: {error}"})
    except (ConnectionError, ValueError) as error:
        log.debug("a client went away: %s", error)
    finally:
        writer.close()


async def _answer(
    request: Request, fleet: Fleet, end: Callable[[Ending], None], tell: Callable[..., Any]
) -> Any:
    match request.op:
        case "list":
            return [msgspec.to_builtins(status(one, fleet)) for one in fleet.book.instances]
        case "add":
            if request.count < 1:
                raise HostError("At least one instance must be asked for.")
            added = []
            for _ in range(request.count):
                one = await fleet.add(
                    request.instance_type, request.cpu_units, request.memory_mib, request.cluster
                )
                added.append(msgspec.to_builtins(status(one, fleet)))
                await tell({"progress": one.instance_id})
            return added
        case "stop":
            return msgspec.to_builtins(status(await fleet.stop(request.instance_id), fleet))
        case "start":
            return msgspec.to_builtins(status(await fleet.start(request.instance_id), fleet))
        case "terminate":
            return msgspec.to_builtins(status(await fleet.terminate(request.instance_id), fleet))
        case "shutdown":
            end(request.ending)
            return {"ending": request.ending}

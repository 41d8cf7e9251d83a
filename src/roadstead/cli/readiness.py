"""From programs just started to a cluster that takes tasks, told step by step.

Synchronous and free of processes: the foreground `up` runs it in a thread, `up --detach` in the
command that the user typed.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from roadstead.cli.api import Api, ApiRefused, ApiUnreachable
from roadstead.cli.place import Place
from roadstead.clock import wait_until
from roadstead.host import client
from roadstead.settings import DEFAULT_INSTANCES

RETRY_SECONDS = 0.05
PROGRAMS_SECONDS_MAX = 60.0
REGISTRATION_SECONDS_MAX = 60.0


class NotReady(Exception):
    """The system did not come up; the text says what is missing and where to look."""


class Cancelled(Exception):
    """The user asked to stop meanwhile."""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """How it looks once everything answers."""

    connected: int
    expected: int
    late: tuple[str, ...] = ()
    """A line for each instance that has not connected, saying why if that is known."""


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What to wait for, and whom to tell."""

    place: Place
    cluster: str
    instances: int | None
    """How many instances the user asked for; None: three on the first start, else those there."""
    tell: Callable[[str], None]
    is_cancelled: Callable[[], bool] = lambda: False


def wait_for_server(watch: Watch) -> Api:
    """Return once the control plane answers signed calls and has the cluster.

    Raises: NotReady when it does not, Cancelled.
    """
    watch.tell("Starting the control plane …")
    api = Api(watch.place.endpoint, watch.place.region, watch.place.root_key())
    last = ""

    def is_there() -> bool:
        nonlocal last
        try:
            api.ecs("CreateCluster", clusterName=watch.cluster)
        except ApiUnreachable as error:
            last = str(error)
            return False
        except ApiRefused as error:
            raise NotReady(
                f"The cluster '{watch.cluster}' could not be made: {error}. "
                "Choose another name with --cluster."
            ) from error
        return True

    if not _until(is_there, PROGRAMS_SECONDS_MAX, watch):
        raise NotReady(
            f"The control plane did not answer within {PROGRAMS_SECONDS_MAX:g} s: {last}. "
            f"Its log: {watch.place.data_dir.logs / 'server.log'}"
        )
    return api


def wait_for_instances(watch: Watch) -> list[dict[str, Any]]:
    """Return all instances, once the host answers and there are as many as asked for.

    Raises: NotReady when it does not answer, HostRefused when it cannot add, Cancelled.
    """
    watch.tell("Starting the host …")
    found: list[dict[str, Any]] = []

    def is_there() -> bool:
        nonlocal found
        try:
            found = client.call(watch.place.data_dir, {"op": "list"})
        except client.HostUnreachable:
            return False
        return True

    if not _until(is_there, PROGRAMS_SECONDS_MAX, watch):
        raise NotReady(
            f"The host did not answer within {PROGRAMS_SECONDS_MAX:g} s. "
            f"Its log: {watch.place.data_dir.logs / 'host.log'}"
        )
    missing = _missing(watch.instances, found)
    if missing:
        added = 0

        def one_more(instance_id: str) -> None:
            nonlocal added
            added += 1
            watch.tell(f"Launching instances: {added} of {missing} ({instance_id}) …")

        watch.tell(f"Launching instances: 0 of {missing} …")
        found += client.call(watch.place.data_dir, {"op": "add", "count": missing}, one_more)
    return found


def wait_until_connected(watch: Watch, api: Api) -> Ready:
    """Return once every running instance's agent is connected, or the time is up.

    An instance whose agent ended for good is not waited for.

    Raises: NotReady when ECS or the host cannot be asked, Cancelled.
    """
    ready: Ready | None = None
    trouble = ""

    def are_connected() -> bool:
        nonlocal ready, trouble
        try:
            ready = look(watch, api)
        except (ApiUnreachable, ApiRefused, client.HostUnreachable) as error:
            trouble = str(error)  # a program that just ended is being started again
            return False
        watch.tell(f"Container instances connected: {ready.connected} of {ready.expected} …")
        return ready.connected >= ready.expected

    _until(are_connected, REGISTRATION_SECONDS_MAX, watch)
    if ready is None:
        raise NotReady(f"Container instances cannot be looked at: {trouble}")
    return ready


def look(watch: Watch, api: Api) -> Ready:
    """How many of the running instances are connected at this moment."""
    instances = [
        one
        for one in client.call(watch.place.data_dir, {"op": "list"})
        if one["status"] == "running" and one["cluster"] == watch.cluster
    ]
    registered = {one.get("ec2InstanceId"): one for one in api.container_instances(watch.cluster)}
    late = []
    expected = 0
    for one in instances:
        known = registered.get(one["instanceId"])
        if known is not None and known.get("agentConnected"):
            expected += 1
        elif one["agent"] == "ended":
            late.append(f"{one['instanceId']}: its agent ended: {one['agentReason']}")
        else:
            expected += 1
            late.append(
                f"{one['instanceId']}: "
                f"{'not registered' if known is None else 'registered, not connected'}; its log: "
                f"{watch.place.data_dir.instances / one['instanceId'] / 'agent.log'}"
            )
    return Ready(
        connected=sum(
            1 for one in instances if registered.get(one["instanceId"], {}).get("agentConnected")
        ),
        expected=expected,
        late=tuple(late),
    )


def _missing(asked: int | None, found: list[dict[str, Any]]) -> int:
    """How many instances to add: never any that the user did not ask for after the first start."""
    living = sum(1 for one in found if one["status"] not in ("terminated", "shutting-down"))
    if asked is None:
        return 0 if found else DEFAULT_INSTANCES
    return max(0, asked - living)


def _until(is_true: Callable[[], bool], seconds: float, watch: Watch) -> bool:
    def is_true_or_cancelled() -> bool:
        if is_true():
            return True
        if watch.is_cancelled():
            raise Cancelled
        return False

    return wait_until(is_true_or_cancelled, seconds, RETRY_SECONDS)

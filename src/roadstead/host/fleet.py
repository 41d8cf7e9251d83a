"""Instances as they live: added, stopped, started, terminated, and found again after a crash.

One lock per instance orders what happens to it; the book is written before anything is done and
again afterwards. What concerns ECS is put in the book in the same write, and told by `reports.py`.
"""

import asyncio
import logging
import shutil
from pathlib import Path

from roadstead import keys
from roadstead.clock import Clock
from roadstead.data_dir import DataDir
from roadstead.files import make_private_directory
from roadstead.host import agents, book, launches, namespaces, power, purge, records
from roadstead.host.fabric import Names
from roadstead.host.firewall import Firewall
from roadstead.host.records import Book, HostError, Instance
from roadstead.ids import Ids
from roadstead.settings import HostSettings, instance_size

TERMINATION_HEARD_SECONDS = 5.0
"""How long a termination waits for ECS to hear of it while the agent is still connected: ECS
deregisters the instance by itself only then."""

log = logging.getLogger(__name__)


class Fleet:
    """The instances of one host."""

    def __init__(
        self,
        *,
        settings: HostSettings,
        data_dir: DataDir,
        first: Book,
        firewall: Firewall,
        clock: Clock,
        ids: Ids,
        group: asyncio.TaskGroup,
        agent_command: tuple[str, ...] = launches.AGENT_COMMAND,
    ) -> None:
        self._settings = settings
        self._data_dir = data_dir
        self._names = Names(data_dir.short_id)
        self._firewall = firewall
        self._clock = clock
        self._ids = ids
        self._group = group
        self._agent_command = agent_command
        self._locks: dict[str, asyncio.Lock] = {}
        self._keepers: dict[str, agents.AgentKeeper] = {}
        self._routines: dict[str, asyncio.Task[None]] = {}
        self.book = first
        self.changed = asyncio.Condition()

    def keeper(self, instance_id: str) -> agents.AgentKeeper | None:
        """What keeps the instance's agent running, if it should run."""
        return self._keepers.get(instance_id)

    async def resume(self) -> None:
        """Go on after a start, whatever the last host left behind."""
        await asyncio.to_thread(purge.remove_strangers, self._names, self.book)
        async with asyncio.TaskGroup() as group:
            for instance in self.book.instances:
                group.create_task(self._resume(instance.instance_id))

    async def add(
        self, instance_type: str, cpu_units: int, memory_mib: int, cluster: str = ""
    ) -> Instance:
        """Launch an instance that joins `cluster`, or the one of the host's settings.

        Raises: HostError or SettingError when it cannot be had; nothing is left of it then.
        """
        settings = self._settings
        asked = HostSettings(
            data_dir=settings.data_dir,
            instance_type=instance_type or settings.instance_type,
            instance_cpu_units=cpu_units or (0 if instance_type else settings.instance_cpu_units),
            instance_memory_mib=memory_mib
            or (0 if instance_type else settings.instance_memory_mib),
        )
        instance = records.new_instance(
            self.book,
            instance_type=asked.instance_type,
            size=instance_size(asked),
            cluster=cluster or settings.cluster,
            now=self._clock.now(),
            ids=self._ids,
        )
        async with self._lock(instance.instance_id):
            await self._write(records.launched(self.book, instance))
            try:
                return await self._boot(instance)
            except OSError as error:
                await asyncio.to_thread(self._turn_off, instance)
                await self._write(self.book.without(instance.instance_id))
                shutil.rmtree(self._directory(instance), ignore_errors=True)
                raise HostError(
                    f"The instance could not be launched: {error}. "
                    "`roadstead doctor` says what this machine lacks."
                ) from error

    async def stop(self, instance_id: str) -> Instance:
        """End the instance's processes and network, keep its disk and address.

        Raises: HostError when it does not exist or is being terminated.
        """
        async with self._lock(instance_id):
            instance = self.book.find(instance_id)
            if instance.state == "stopped":
                return instance
            if instance.state != "stopping":
                instance = await self._move(instance_id, "stopping")
            return await self._finish_stop(instance)

    async def start(self, instance_id: str) -> Instance:
        """Start a stopped instance: same id, address and disk.

        Raises: HostError when it does not exist or is not stopped.
        """
        async with self._lock(instance_id):
            instance = self.book.find(instance_id)
            if instance.state == "running":
                return await self._restart_ended_agent(instance)
            instance = await self._move(instance_id, "pending")
            try:
                return await self._boot(instance)
            except OSError as error:
                await self._finish_stop(await self._move(instance_id, "stopping"))
                raise HostError(
                    f"The instance could not be started: {error}. "
                    "`roadstead doctor` says what this machine lacks."
                ) from error

    async def terminate(self, instance_id: str) -> Instance:
        """Remove the instance and all that it has. ECS is told first, if it can be.

        Raises: HostError when it does not exist.
        """
        async with self._lock(instance_id):
            instance = self.book.find(instance_id)
            if instance.state == "terminated":
                return instance
            if instance.state != "shutting-down":
                instance = await self._move(instance_id, "shutting-down", "terminated")
                if instance_id in self._keepers and not instance.report_error:
                    await self._until_heard(instance_id)
            return await self._finish_terminate(instance)

    async def turn_everything_off(self) -> None:
        """End all agents, containers and namespaces, as a power cut would."""
        async with asyncio.TaskGroup() as group:
            for instance in self.book.instances:
                if instance.state != "terminated":
                    group.create_task(self._power_cut(instance))

    def let_go(self) -> None:
        """Stop watching agents, which run on."""
        for routine in self._routines.values():
            routine.cancel()

    async def put(self, instance: Instance) -> Instance:
        """Write down an instance as it now is."""
        await self._write(self.book.with_instance(instance))
        return instance

    async def forget_old(self) -> None:
        """Drop terminated instances that were shown long enough."""
        for instance in self.book.instances:
            if records.is_forgotten(instance, self._clock.now()):
                await self._write(self.book.without(instance.instance_id))

    async def _resume(self, instance_id: str) -> None:
        async with self._lock(instance_id):
            instance = self.book.find(instance_id)
            try:
                match instance.state:
                    case "pending" | "running":
                        if not namespaces.exists(instance.namespace):
                            await asyncio.to_thread(self._turn_off, instance)
                        await self._boot(instance)
                    case "stopping":
                        await self._finish_stop(instance)
                    case "shutting-down":
                        await self._finish_terminate(instance)
                    case "stopped" | "terminated":
                        await asyncio.to_thread(self._turn_off, instance)
            except OSError:
                # The others must still come up; `instance list` shows this one without an agent.
                log.exception("instance %s could not be resumed", instance_id)

    async def _boot(self, instance: Instance) -> Instance:
        """Turn the instance on and keep its agent running. What is already there is kept."""
        directory = self._directory(instance)
        await asyncio.to_thread(
            power.turn_on, instance, self.book.vpc, self._names, directory, self._firewall
        )
        key = keys.add_instance_key(
            self._data_dir.keys_file, self._settings.account_id, instance.instance_id, self._ids
        )
        launches.write_credentials(directory / "credentials", key)
        make_private_directory(self._data_dir.images)
        self._keep_agent(instance)
        if instance.state == "running":
            return instance
        return await self._move(instance.instance_id, "running", "running")

    def _keep_agent(self, instance: Instance) -> None:
        endpoint = self._settings.agent_endpoint or (
            f"http://{self.book.vpc.gateway}:{self._settings.port}"
        )
        keeper = agents.AgentKeeper(
            launches.launch(
                instance,
                directory=self._directory(instance),
                cgroup=self._cgroup(instance),
                images=self._data_dir.images,
                endpoint=endpoint,
                settings=self._settings,
                vpc=self.book.vpc,
                command=self._agent_command,
            ),
            self._clock,
        )
        self._keepers[instance.instance_id] = keeper
        self._routines[instance.instance_id] = self._group.create_task(
            keeper.run(), name=f"agent {instance.instance_id}"
        )

    async def _restart_ended_agent(self, instance: Instance) -> Instance:
        """Start an agent again that ended for good; a running one is left alone."""
        keeper = self._keepers.get(instance.instance_id)
        if keeper is None or keeper.status == "ended":
            self._keep_agent(instance)
        return instance

    async def _finish_stop(self, instance: Instance) -> Instance:
        await self._stop_agent(instance.instance_id)
        await asyncio.to_thread(self._turn_off, instance)
        return await self._move(instance.instance_id, "stopped", "stopped")

    async def _finish_terminate(self, instance: Instance) -> Instance:
        await self._stop_agent(instance.instance_id)
        await asyncio.to_thread(self._turn_off, instance)
        await asyncio.to_thread(
            power.wipe, self._directory(instance), self._cgroup(instance), self._agent_command
        )
        keys.remove_instance_key(self._data_dir.keys_file, instance.instance_id)
        return await self._move(instance.instance_id, "terminated")

    async def _move(
        self, instance_id: str, state: records.State, report: records.Report | None = None
    ) -> Instance:
        """Write down another state. Starts from the book: a report may have been heard since."""
        instance = self.book.find(instance_id)
        return await self.put(records.moved(instance, state, self._clock.now(), report))

    async def _until_heard(self, instance_id: str) -> None:
        def is_heard() -> bool:
            return not self.book.find(instance_id).unreported

        try:
            async with asyncio.timeout(TERMINATION_HEARD_SECONDS), self.changed:
                await self.changed.wait_for(is_heard)
        except TimeoutError:
            log.warning("%s: ECS did not hear of its termination in time", instance_id)

    async def _power_cut(self, instance: Instance) -> None:
        async with self._lock(instance.instance_id):
            await self._stop_agent(instance.instance_id)
            await asyncio.to_thread(self._turn_off, instance)

    async def _stop_agent(self, instance_id: str) -> None:
        """The agent goes before its containers, so that it cannot take their end for theirs."""
        keeper = self._keepers.pop(instance_id, None)
        if keeper is not None:
            await keeper.stop()

    def _turn_off(self, instance: Instance) -> None:
        power.turn_off(instance, self._cgroup(instance), self._directory(instance))
        self._firewall.dismiss([instance.link])

    def _directory(self, instance: Instance) -> Path:
        return self._data_dir.instances / instance.instance_id

    def _cgroup(self, instance: Instance) -> str:
        return f"{self._names.cgroup}/{instance.instance_id}"

    def _lock(self, instance_id: str) -> asyncio.Lock:
        return self._locks.setdefault(instance_id, asyncio.Lock())

    async def _write(self, changed: Book) -> None:
        """Make `changed` the book. Written in one go: another routine may not slip in between."""
        book.write(self._data_dir.instances_file, changed)
        self.book = changed
        async with self.changed:
            self.changed.notify_all()

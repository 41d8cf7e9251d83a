"""An engine in a test's hands: feed it, look at what it asks, and let a perfect runtime obey."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from roadstead.agent.engine import instructions as ask
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.engine.engine import Engine
from roadstead.agent.engine.records import Report, TaskState, decode_task
from roadstead.agent.engine.turn import EngineSettings
from roadstead.agent.runtime.port import Executed, Exit, Found, Image, NetworkBinding, Started
from roadstead.agent_protocol.messages import acs
from roadstead.ids import SeededIds

START = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
SETTINGS = EngineSettings(cluster="proto", region="us-east-1", cpu_units=2048, memory_mib=4096)


def arn(name: str) -> str:
    return f"arn:aws:ecs:us-east-1:123456789012:task/proto/{name}"


def container(name: str = "app", **members: Any) -> dict[str, Any]:
    return {"name": name, "image": "busybox", "essential": True, "cpu": 64, "memory": 64} | members


def checked(name: str = "app", *, test: Any = ("CMD", "check"), **members: Any) -> dict[str, Any]:
    """A container with a health check; `interval`, `retries`… in Docker's units, times in s."""
    said = {key: members.pop(key) for key in ("Retries",) if key in members}
    for key in ("Interval", "Timeout", "StartPeriod"):
        if key in members:
            said[key] = members.pop(key) * 1_000_000_000
    config = {"Healthcheck": {"Test": test} | said}
    return container(
        name, healthCheckType="docker", dockerConfig={"config": json.dumps(config)}, **members
    )


def task(name: str = "t1", *containers: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "arn": arn(name),
        "desiredStatus": "RUNNING",
        "family": "web",
        "version": "1",
        "networkMode": "bridge",
        "containers": list(containers) or [container()],
    } | members


def stop(name: str = "t1") -> dict[str, Any]:
    return {"arn": arn(name), "desiredStatus": "STOPPED"}


def payload(*tasks: dict[str, Any]) -> acs.PayloadMessage:
    return acs.PayloadMessage(
        message_id="m",
        cluster_arn="c",
        container_instance_arn="i",
        tasks=tuple(msgspec.Raw(json.dumps(t).encode()) for t in tasks),
    )


class Driver:
    """Remembers all that was asked; `obey` answers what a runtime and a control plane would."""

    def __init__(
        self, settings: EngineSettings = SETTINGS, tasks: Sequence[TaskState] = (), seed: int = 1
    ):
        self.engine = Engine(settings, SeededIds(seed), tasks)
        self.now = START
        self.asked: list[ask.Instruction] = []
        self.saved: dict[str, bytes] = {}
        self._todo: list[ask.Instruction] = []
        self.holds: set[str] = set()
        """Container names whose steps are not answered by `obey`."""

    def feed(self, stimulus: tell.Stimulus) -> list[ask.Instruction]:
        """What the engine asks, records aside; checks that records come first."""
        asked = self.engine.handle(stimulus, self.now)
        kinds = [isinstance(each, ask.SaveTask | ask.ForgetTask) for each in asked]
        assert kinds == sorted(kinds, reverse=True), "records come first"
        for each in asked:
            if isinstance(each, ask.SaveTask):
                self.saved[each.task_arn] = each.record
            elif isinstance(each, ask.ForgetTask):
                self.saved.pop(each.task_arn)
        asked = asked[sum(kinds) :]
        self.asked += asked
        self._todo += asked
        return asked

    def receive(self, *tasks: dict[str, Any]) -> list[ask.Instruction]:
        return self.feed(tell.PayloadReceived(payload(*tasks)))

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def obey(self) -> None:
        """Do everything asked so far, and what follows from it."""
        while self._todo:
            each = self._todo.pop(0)
            answer = self._answer(each)
            if answer is not None:
                self.feed(answer)

    def run(self, *tasks: dict[str, Any]) -> None:
        self.receive(*tasks)
        self.obey()

    def exit(self, name: str, code: int = 0, reason: str = "") -> list[ask.Instruction]:
        return self.feed(tell.Exited(Exit(self.id_of(name), code, self.now, reason)))

    def fail(self, name: str, error: str, text: str = "x") -> list[ask.Instruction]:
        return self.feed(tell.StepFailed(self.id_of(name), error, text))

    def fire(self, purpose: str) -> list[ask.Instruction]:
        """Fire the latest timer of this purpose."""
        keys = [i.key for i in self.of(ask.SetTimer) if i.key.startswith(purpose)]
        return self.feed(tell.TimerFired(keys[-1]))

    def of(self, kind: type[Any]) -> list[Any]:
        return [each for each in self.asked if isinstance(each, kind)]

    @property
    def reports(self) -> list[Report]:
        return [each.report for each in self.of(ask.Submit)]

    def shown(self) -> list[tuple[Any, ...]]:
        """Reports as (status, [(container, status, exit code)])."""
        return [
            (r.status, [(c.container_name, c.status, c.exit_code) for c in r.containers])
            for r in self.reports
        ]

    def id_of(self, name: str) -> str:
        """The id of the newest container of that name."""
        ids = [c.container_id for t in self.engine.tasks for c in t.containers if c.name == name]
        return str(ids[-1])

    def name_of(self, container_id: str) -> str:
        names = [
            c.name
            for t in self.engine.tasks
            for c in t.containers
            if c.container_id == container_id
        ]
        return str(names[0]) if names else ""

    def status(self, name: str = "t1") -> str:
        return next(str(t.status) for t in self.engine.tasks if t.arn == arn(name))

    def restarted(self, *found: Found, settings: EngineSettings = SETTINGS) -> "Driver":
        """A new agent with this one's records, told what runs."""
        other = Driver(settings, [decode_task(record) for record in self.saved.values()])
        other.now = self.now
        other.feed(tell.RuntimeFound(tuple(found)))
        return other

    def _answer(self, each: ask.Instruction) -> tell.Stimulus | None:
        match each:
            case ask.Pull(container_id, image):
                if self.name_of(container_id) in self.holds:
                    return None
                return tell.Pulled(container_id, Image(image, "sha256:abc"))
            case ask.PrepareNetwork(task_arn):
                if "network" in self.holds:
                    return None
                return tell.NetworkPrepared(task_arn)
            case ask.ReleaseNetwork(task_arn):
                return tell.NetworkReleased(task_arn)
            case ask.Create(spec):
                if spec.container_name in self.holds:
                    return None
                return tell.Created(spec.container_id)
            case ask.Start(container_id):
                if self.name_of(container_id) in self.holds:
                    return None
                return tell.ContainerStarted(container_id, self.started())
            case ask.Remove(container_id):
                return tell.Removed(container_id)
            case ask.RemoveTask(task_arn):
                return tell.TaskRemoved(task_arn)
            case ask.Check(container_id, run):
                return tell.Checked(container_id, run, Executed(0))
            case ask.Submit(report):
                return tell.ReportAccepted(report.task)
        return None

    def started(self, *bindings: NetworkBinding) -> Started:
        return Started(1, self.now, bindings)

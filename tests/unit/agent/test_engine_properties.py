"""What must never happen in an engine, whatever comes in which order."""

from datetime import timedelta

from engine_driver import Driver, arn, checked, container, payload, stop, task
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from roadstead.agent.engine import instructions as ask
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.engine.life_cycle import ContainerStatus, TaskStatus
from roadstead.agent.engine.records import decode_task
from roadstead.agent.engine.turn import EngineSettings
from roadstead.agent.runtime.port import Executed, Exit, Found, Image, NetworkBinding, Started
from roadstead.agent_protocol.messages import acs

SETTINGS = EngineSettings(cluster="proto", region="us-east-1", cpu_units=256, memory_mib=256)
ORDER = list(ContainerStatus)
PORTS = (NetworkBinding(80, 32768),)
ENI = {
    "ec2Id": "eni-1",
    "macAddress": "0a:58:0a:64:00:0a",
    "ipv4Addresses": [{"primary": True, "privateAddress": "10.100.0.10"}],
    "subnetGatewayIpv4Address": "10.100.0.1/24",
}
TASKS = {
    "own": task("own", container("a"), networkMode="awsvpc", elasticNetworkInterfaces=[ENI]),
    "ownpair": task(
        "ownpair",
        container("a", essential=False),
        container("b", dependsOn=[{"containerName": "a", "condition": "COMPLETE"}]),
        networkMode="awsvpc",
        elasticNetworkInterfaces=[ENI],
    ),
    "one": task("one", container("a")),
    "port": task("port", container("a", portMappings=[{"containerPort": 80, "hostPort": 80}])),
    "port2": task("port2", container("a", portMappings=[{"containerPort": 80, "hostPort": 80}])),
    "pair": task(
        "pair",
        container("a", essential=False),
        container("b", dependsOn=[{"containerName": "a", "condition": "SUCCESS"}]),
    ),
    "chain": task(
        "chain",
        container("a"),
        container("b", essential=False, dependsOn=[{"containerName": "a", "condition": "START"}]),
        container("c", links=["b"]),
    ),
    "restarts": task(
        "restarts",
        container("a", restartPolicy={"enabled": True, "restartAttemptPeriod": 60}),
    ),
    "healthy": task(
        "healthy",
        checked("a", Interval=5, restartPolicy={"enabled": True, "restartAttemptPeriod": 60}),
        container("b", dependsOn=[{"containerName": "a", "condition": "HEALTHY"}]),
    ),
    "huge": task("huge", container("a", memory=1024)),
}


class EngineMachine(RuleBasedStateMachine):
    """A runtime that may do anything that the port allows, an agent that may be killed any time."""

    def __init__(self) -> None:
        super().__init__()
        self.driver = Driver(SETTINGS)
        self.driver.feed(tell.RuntimeFound(()))
        self.kills = 0
        self.taken = 0
        self.open: list[ask.Instruction] = []
        """Steps under way."""
        self.made: dict[str, str] = {}
        """The runtime's own truth: container id → created, running, exited."""
        self.exits: dict[str, Exit] = {}
        self.networks: set[str] = set()
        """ARNs of the tasks that have one."""
        self.timers: dict[str, float] = {}
        self.held: dict[str, tuple[NetworkBinding, ...]] = {}
        """Container → ports that the runtime was told to hold for it."""
        self.last: dict[str, list[int]] = {}
        self.reported: dict[str, list[str]] = {}

    def collect(self) -> None:
        for each in self.driver.asked[self.taken :]:
            match each:
                case ask.SetTimer(key, seconds):
                    if not key.startswith("forget:"):  # a forgotten task may begin anew
                        self.timers[key] = seconds
                case ask.Signal(container_id, _):
                    assert self.made.get(container_id) in ("running", "exited"), "signal to nobody"
                case ask.Check(container_id):
                    assert self.made.get(container_id) in ("running", "exited"), "nobody to check"
                    self.open.append(each)
                case ask.Tell() | ask.Acknowledge() | ask.NameStopCandidates():
                    pass
                case ask.PublishHealth():
                    pass
                case ask.HoldPorts(container_id, bindings):
                    self.held[container_id] = bindings
                case ask.FreePorts(container_id):
                    del self.held[container_id]
                case ask.Start(container_id):
                    known = self.driver.engine.tasks
                    [own] = [
                        t for t in known for c in t.containers if c.container_id == container_id
                    ]
                    has_own = own.payload.network_mode == "awsvpc"
                    assert not has_own or own.arn in self.networks, "started without its network"
                    self.open.append(each)
                case ask.PrepareNetwork():
                    assert each not in self.open, "made twice at a time"
                    self.open.append(each)
                case ask.Submit(report):
                    assert report.status != "STOPPED" or report.task not in self.networks
                    self.open.append(each)
                case _:
                    self.open.append(each)
        self.taken = len(self.driver.asked)

    def _check_network(self, container_id: str) -> None:
        for each in self.driver.engine.tasks:
            if container_id in [c.container_id for c in each.containers]:
                has_own = each.payload.network_mode == "awsvpc"
                assert not has_own or each.arn in self.networks, "started without its network"

    @rule(name=st.sampled_from(sorted(TASKS)))
    def payload_comes(self, name: str) -> None:
        self.driver.receive(TASKS[name])
        self.collect()

    @rule(name=st.sampled_from([*sorted(TASKS), "ghost"]))
    def stop_comes(self, name: str) -> None:
        self.driver.feed(tell.PayloadReceived(payload(stop(name))))
        self.collect()

    @rule()
    def manifest_of_nothing_comes(self) -> None:
        self.driver.feed(tell.ManifestReceived(acs.TaskManifestMessage(message_id="m")))
        self.collect()

    @precondition(lambda self: self.open)
    @rule(data=st.data(), succeeds=st.booleans())
    def a_step_ends(self, data: st.DataObject, succeeds: bool) -> None:
        step = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        match step:
            case ask.PrepareNetwork(task_arn) if succeeds:
                self.networks.add(task_arn)
                self.driver.feed(tell.NetworkPrepared(task_arn))
            case ask.PrepareNetwork(task_arn):
                self.driver.feed(tell.NetworkFailed(task_arn, "SomeError", "x"))
            case ask.ReleaseNetwork(task_arn):
                self._release(task_arn)
            case ask.Pull(container_id, image) if succeeds:
                self.driver.feed(tell.Pulled(container_id, Image(image, "sha256:d")))
            case ask.Create(spec) if succeeds:
                assert spec.container_id not in self.made, "created twice"
                self.made[spec.container_id] = "created"
                self.driver.feed(tell.Created(spec.container_id))
            case ask.Start(container_id) if succeeds:
                assert self.made[container_id] == "created"
                self.made[container_id] = "running"
                started = Started(1, self.driver.now, PORTS)
                self.driver.feed(tell.ContainerStarted(container_id, started))
            case ask.Pull(container_id) | ask.Start(container_id):
                self.driver.feed(tell.StepFailed(container_id, "SomeError", "x"))
            case ask.Create(spec):
                self.driver.feed(tell.StepFailed(spec.container_id, "SomeError", "x"))
            case ask.Check(container_id, run):
                result = Executed(0) if succeeds else Executed(1)
                self.driver.feed(tell.Checked(container_id, run, result))
            case ask.Remove(container_id) if succeeds:
                self.made.pop(container_id, None)
                self.exits.pop(container_id, None)
                self.driver.feed(tell.Removed(container_id))
            case ask.Remove(container_id):
                self.driver.feed(tell.RemoveFailed(container_id, "busy"))
            case ask.RemoveTask(task_arn):
                self.driver.feed(tell.TaskRemoved(task_arn))
            case ask.Submit(report):
                self.reported.setdefault(report.task, []).append(report.status)
                self.driver.feed(tell.ReportAccepted(report.task))
        self.collect()

    def _release(self, task_arn: str) -> None:
        """Whoever is still making it gives up, as a runtime does."""
        under_way = [
            each
            for each in self.open
            if isinstance(each, ask.PrepareNetwork) and each.task_arn == task_arn
        ]
        for each in under_way:
            self.open.remove(each)
            self.driver.feed(tell.NetworkFailed(task_arn, "SomeError", "given up"))
        self.networks.discard(task_arn)
        self.driver.feed(tell.NetworkReleased(task_arn))

    @precondition(lambda self: "running" in self.made.values())
    @rule(data=st.data(), code=st.sampled_from([0, 1, 137]))
    def a_container_ends(self, data: st.DataObject, code: int) -> None:
        running = sorted(i for i, state in self.made.items() if state == "running")
        container_id = data.draw(st.sampled_from(running))
        self.made[container_id] = "exited"
        self.exits[container_id] = Exit(container_id, code, self.driver.now)
        self.driver.feed(tell.Exited(self.exits[container_id]))
        self.collect()

    @precondition(lambda self: self.timers)
    @rule(data=st.data())
    def a_timer_fires(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.timers)))
        self.driver.later(self.timers.pop(key))
        self.driver.feed(tell.TimerFired(key))
        self.collect()

    @rule()
    def the_agent_is_killed_and_comes_back(self) -> None:
        remembered = [decode_task(record) for record in self.driver.saved.values()]
        saved, now = self.driver.saved, self.driver.now
        self.kills += 1
        self.driver = Driver(SETTINGS, remembered, seed=1 + self.kills)
        self.driver.saved, self.driver.now = saved, now
        self.taken, self.open, self.timers, self.held = 0, [], {}, {}
        start = now - timedelta(seconds=1)
        self.driver.feed(
            tell.RuntimeFound(
                tuple(
                    Found(
                        i,
                        state,
                        None if state == "created" else Started(1, start, PORTS),
                        self.exits.get(i),
                    )  # type: ignore[arg-type]
                    for i, state in self.made.items()
                )
            )
        )
        self.collect()

    @invariant()
    def statuses_never_move_back(self) -> None:
        order = list(TaskStatus)
        for each in self.driver.engine.tasks:
            rank = order.index(each.status)
            assert rank >= max(self.last.get(each.arn, [0])), each.arn
            self.last[each.arn] = [rank]

    @invariant()
    def an_instance_is_never_overcommitted(self) -> None:
        held = [t for t in self.driver.engine.tasks if t.is_admitted and not t.is_released]
        memory = sum(c.memory for t in held for c in t.payload.containers)
        assert memory <= SETTINGS.memory_mib
        assert len([t for t in held if t.arn in (arn("port"), arn("port2"))]) <= 1

    @invariant()
    def what_runs_is_remembered(self) -> None:
        known = {
            c.container_id
            for record in self.driver.saved.values()
            for c in decode_task(record).containers
        }
        assert set(self.made) <= known or self.gave_up()

    def gave_up(self) -> bool:
        """Containers that could not be removed five times are let go."""
        return any("cannot be removed" in t.text for t in self.driver.of(ask.Tell))

    @invariant()
    def ports_are_held_until_the_end_of_their_task_is_acknowledged(self) -> None:
        for each in self.driver.engine.tasks:
            if each.status is not TaskStatus.STOPPED or each.outbox:
                for container in each.containers:
                    if container.has_run:
                        assert self.held[container.container_id] == PORTS, each.arn

    @invariant()
    def reports_of_a_task_only_move_forward(self) -> None:
        order = ["PENDING", "RUNNING", "STOPPED"]
        for statuses in self.reported.values():
            ranks = [order.index(s) for s in statuses]
            assert ranks == sorted(ranks)

    def teardown(self) -> None:
        """When all steps succeed and all containers obey, every stopped task gets to its end."""
        for name in TASKS:
            self.stop_comes(name)
        for _ in range(400):
            while self.open:
                step = self.open[0]
                self.open = self.open[1:]
                self.finish(step)
            running = [i for i, state in self.made.items() if state == "running"]
            if not running:
                break
            for container_id in running:
                self.made[container_id] = "exited"
                self.driver.feed(tell.Exited(Exit(container_id, 143, self.driver.now)))
                self.collect()
            for key in [k for k in self.timers if k.startswith("remove:")]:
                del self.timers[key]
                self.driver.feed(tell.TimerFired(key))
                self.collect()
        for each in self.driver.engine.tasks:
            assert each.status is TaskStatus.STOPPED, each
            assert each.arn not in self.networks, each
            if not [k for k in self.timers if k.startswith("remove:")]:
                assert each.is_released or self.gave_up(), each

    def finish(self, step: ask.Instruction) -> None:
        match step:
            case ask.Create(spec):
                self.made[spec.container_id] = "created"
            case ask.Start(container_id):
                self.made[container_id] = "running"
            case ask.Remove(container_id):
                self.made.pop(container_id, None)
            case ask.PrepareNetwork(task_arn):
                self.networks.add(task_arn)
            case ask.ReleaseNetwork(task_arn):
                self._release(task_arn)
                self.collect()
                return
        answer = self.driver._answer(step)
        assert answer is not None
        self.driver.feed(answer)
        self.collect()


TestEngine = EngineMachine.TestCase
TestEngine.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, report_multiple_bugs=False
)

"""A small world with load balancers: real target groups, registered and drained by real operations.

Agents report as agents do; whoever checks targets is the test (`answer`). After every change it
checks what must never happen to traffic.
"""

from collections.abc import Iterable
from typing import Any

from small_world import World

from balancing import a_listener, a_load_balancer, a_rule, a_target_group, target_group_arn
from given import (
    a_cluster,
    a_task_definition,
    an_instance,
    definition_arn,
    instance_arn,
    service_arn,
)
from networking import a_primary_interface
from roadstead.control.reconcilers import RECONCILERS
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task import LIVE_TASKS_BY_SERVICE, TASKS, Task, target_key
from roadstead.ecs.rules.deployment.configuration import DEFAULTS, merged_configuration
from roadstead.ecs.rules.task_lifecycle import ORDER, is_agent_to_stop, is_known_to_agent
from roadstead.ecs.transitions import services
from roadstead.ecs.transitions.task_reports import ContainerReport, TaskReport, report_task
from roadstead.elbv2.records.target_group import TARGETS, TARGETS_BY_GROUP, Target, TargetGroup
from roadstead.elbv2.transitions.targets import report_health
from roadstead.state.records import Record
from roadstead.state.view import Tx

WEB = service_arn("web")
GROUP = target_group_arn("blue")
GREEN = target_group_arn("green")
DELAY_SECONDS = 300


def a_group(name: str = "blue", **fields: Any) -> TargetGroup:
    """An HTTP group of instances."""
    return a_target_group(name, **{"target_type": "instance", **fields})


def a_web_definition(
    revision: int = 1, *, host_port: int = 0, mode: str = "bridge", **fields: Any
) -> Any:
    """One container `app` that shows port 80."""
    if mode != "bridge":
        host_port = 80
    container = {
        "name": "app",
        "image": "busybox:latest",
        "cpu": 128,
        "memory": 64,
        "essential": True,
        "portMappings": [{"containerPort": 80, "hostPort": host_port, "protocol": "tcp"}],
    }
    return a_task_definition(
        revision=revision,
        network_mode=mode,
        document={"networkMode": mode, "containerDefinitions": [container]},
        host_ports=(host_port,) if host_port and mode != "awsvpc" else (),
        **fields,
    )


def entry(group: str = GROUP, port: int = 80, **more: Any) -> dict[str, Any]:
    """A load balancer of a service."""
    return {"targetGroupArn": group, "containerName": "app", "containerPort": port, **more}


class BalancedWorld(World):
    """Groups blue and green behind a rule, instances with an interface, three revisions of web."""

    def __init__(
        self, *records: Record, instances: int = 3, definitions: Iterable[Any] = (), seed: int = 1
    ) -> None:
        self.last: dict[str, str] = {}
        super().__init__(
            a_cluster(),
            *(definitions or [a_web_definition(number) for number in (1, 2, 3)]),
            *(an_instance(number + 1) for number in range(instances)),
            *(a_primary_interface(number + 1) for number in range(instances)),
            a_load_balancer(),
            a_listener(),
            a_group("blue"),
            a_group("green"),
            a_rule(groups={"blue": 1, "green": 0}),
            *records,
            seed=seed,
        )
        self.reconcilers = {each.__name__: each for each in RECONCILERS}

    def create(
        self,
        count: int = 2,
        *,
        load_balancers: tuple[dict[str, Any], ...] = (entry(),),
        configuration: dict[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        """A service `web` of web:1 behind these load balancers."""
        merged = merged_configuration(DEFAULTS, configuration or {})
        service = Service(
            **{
                "arn": WEB,
                "name": "web",
                "cluster_arn": a_cluster().arn,
                "desired_count": count,
                "task_definition_arn": definition_arn(),
                "created_at": self.now,
                "load_balancers": load_balancers,
                "deployment_configuration": merged,
                "minimum_healthy_percent": merged["minimumHealthyPercent"],
                "maximum_percent": merged["maximumPercent"],
                **fields,
            }
        )
        self.update(lambda tx: services.create_service(tx, self.call, service))

    # What agents and the load balancer's health checks do.

    def runs(self, task: Task, host_port: int = 0) -> None:
        """The agent says that the task runs; in bridge mode also on which host port."""
        port = host_port or 32_768 + int(task.arn[-4:], 16) % 20_000
        binding = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": port, "protocol": "tcp"}
        containers = (ContainerReport(name="app", status="RUNNING", network_bindings=(binding,)),)
        self._report(task, TaskReport(status="RUNNING", containers=containers))

    def ends(self, task: Task) -> None:
        """The agent says that the task has stopped."""
        containers = (ContainerReport(name="app", status="STOPPED", exit_code=0),)
        self._report(task, TaskReport(status="STOPPED", containers=containers))

    def agents_work(self, arn: str) -> None:
        """Agents start what they are told of, and end what they are told to end."""
        for task in self.live(arn):
            if is_agent_to_stop(task.desired_status, task.last_status):
                self.ends(task)
            elif task.last_status == "PENDING":
                self.runs(task)

    def answer(self, *, healthy: bool = True, reason: str = "", description: str = "") -> None:
        """Every target that is not draining answers its health check so."""

        def check(tx: Tx) -> None:
            for target in list(tx.all(TARGETS)):
                more = {"reason": reason, "description": description} if reason else {}
                report_health(tx, self.call, target, healthy=healthy, **more)

        self.update(check)

    def answer_of(self, target: Target, *, healthy: bool = True) -> None:
        """This target answers its health check so."""
        now = self.view.must(TARGETS, target.arn)
        self.update(lambda tx: report_health(tx, self.call, now, healthy=healthy))

    def serve(self, seconds: float = 60, step: float = 10) -> None:
        """Agents that work, targets that are healthy, for so long."""
        for _ in range(int(seconds / step)):
            self.agents_work(WEB)
            self.answer()
            self.pass_time(step)
        self.agents_work(WEB)
        self.answer()

    def _report(self, task: Task, report: TaskReport) -> None:
        self.update(lambda tx: report_task(tx, self.call, self.task(task.arn), report))

    # What tests look at.

    def task(self, arn: str) -> Task:
        return self.view.must(TASKS, arn)

    def live(self, arn: str = WEB) -> list[Task]:
        """Tasks that are not STOPPED."""
        return self.view.find(LIVE_TASKS_BY_SERVICE, arn)

    def targets(self, group: str = GROUP) -> list[Target]:
        return self.view.find(TARGETS_BY_GROUP, group)

    def target_of(self, task: Task, group: str = GROUP) -> Target | None:
        (own,) = (each for each in task.targets if each.target_group_arn == group)
        return self.view.get(TARGETS, target_key(own))

    # What must never happen.

    def _committed(self, tx: Tx) -> None:
        for change in tx.changes():
            if change.table is TASKS and change.after is not None:
                self._check_task(change.before, change.after)
        super()._committed(tx)

    def _check_task(self, before: Task | None, task: Task) -> None:
        if before is not None:
            steps = ORDER.index(before.last_status), ORDER.index(task.last_status)
            assert steps[0] <= steps[1], f"{before.last_status} → {task.last_status}"
        told = is_agent_to_stop(task.desired_status, task.last_status)
        asked = task.stop_code in ("ServiceSchedulerInitiated", "UserInitiated")
        if told and asked and is_known_to_agent(task.last_status):
            left = [each for each in task.targets if each.state in ("REGISTERED", "DRAINING")]
            assert not left, f"SIGTERM with {left}"


def on_instance(tasks: Iterable[Task], number: int) -> list[Task]:
    return [task for task in tasks if task.container_instance_arn == instance_arn(number)]

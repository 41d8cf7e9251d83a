"""Container instances leave: one is deregistered with force, one is drained."""

import json

from demo.front import Visitors, show_targets, target_states
from demo.stage import Stage, get
from demo.web import CLUSTER, COUNT, answers, described_instances, machines, running_tasks, url_of


def deregister_an_instance(stage: Stage) -> None:
    stage.chapter("Deregister a container instance")
    task = running_tasks(stage)[0]
    instance = task["containerInstanceArn"]
    url = url_of(stage, task)
    said = stage.refused(
        "deregister-container-instance", "--cluster", CLUSTER, "--container-instance", instance
    )
    stage.check(
        "without --force it is refused while tasks run",
        said.rpartition(": ")[2],
        "InvalidParameterException" in said and "Found running tasks on the instance." in said,
    )
    before = {each["taskArn"] for each in running_tasks(stage)}
    machine = machine_of(stage, instance)
    stage.roadstead("plan", "deregister-container-instance", machine, "--force")
    planned = plan(stage, "deregister-container-instance", machine, "--force")
    with Visitors(stage) as visitors:
        deregister_by_force(stage, instance, machine, planned, before)
    visitors.tell("the forced deregistration")
    look_at_the_orphan(stage, task["taskArn"], url)
    look_at_the_record(stage, instance)


def deregister_by_force(
    stage: Stage, instance: str, machine: str, planned: dict[str, int], before: set[str]
) -> None:
    answered = stage.aws(
        "deregister-container-instance",
        "--cluster",
        CLUSTER,
        "--container-instance",
        instance,
        "--force",
        "--query",
        "containerInstance.{arn:containerInstanceArn,status:status}",
    )
    seconds = stage.wait(
        "the service has three tasks again",
        lambda: len(running_tasks(stage)) == COUNT,
    )
    stage.check(
        "with --force it is INACTIVE at once", answered["status"], answered["status"] == "INACTIVE"
    )
    replaced = [each for each in running_tasks(stage) if each["taskArn"] not in before]
    stage.check(
        "the service has a copy elsewhere",
        f"{len(replaced)} replacement, {seconds:.1f} s",
        bool(replaced) and all(each["containerInstanceArn"] != instance for each in replaced),
    )
    seen = places(stage, replaced)
    stage.check("the plan had said where", shown(planned), planned == seen)
    watch_it_drain(stage, machine)


def watch_it_drain(stage: Stage, machine: str) -> None:
    """The orphan's target, until it is gone and all others are healthy."""

    def states_here() -> list[str]:
        states = target_states(stage).items()
        return [state for place, state in states if place.startswith(machine)]

    show_targets(stage)
    first = states_here()
    seconds = stage.wait("the orphan's connections have drained", lambda: not states_here())
    stage.check(
        "the orphan's target drains, then it is gone",
        f"{', '.join(first)}, gone after {seconds:.1f} s",
        set(first) == {"draining"},
    )
    stage.wait("all targets are healthy", lambda: set(target_states(stage).values()) == {"healthy"})
    show_targets(stage)


def look_at_the_orphan(stage: Stage, task_arn: str, url: str) -> None:
    stage.tell(f"  curl {url}")
    stage.check("the orphan still answers", get(url) or "no answer", bool(get(url)))
    record = stage.ask("describe_tasks", cluster=CLUSTER, tasks=[task_arn])["tasks"][0]
    stage.check(
        "its record says why it is not counted any more",
        f"{record['lastStatus']}: {record['stoppedReason']}",
        record["lastStatus"] == "STOPPED",
    )


def look_at_the_record(stage: Stage, instance: str) -> None:
    described = stage.aws(
        "describe-container-instances",
        "--cluster",
        CLUSTER,
        "--container-instances",
        instance,
        "--query",
        "containerInstances[0].{status:status,agentConnected:agentConnected}",
    )
    listed = stage.aws("list-container-instances", "--cluster", CLUSTER)["containerInstanceArns"]
    stage.check(
        "the record can be described and is not listed",
        f"{described['status']}, {len(listed)} listed",
        described["status"] == "INACTIVE" and instance not in listed,
    )
    stage.tell("$ roadstead instance list --json")
    alive = [each for each in machines(stage) if each["status"] == "running"]
    stage.check("the machine is not terminated", f"{len(alive)} machines run", len(alive) == 3)


def drain_an_instance(stage: Stage) -> None:
    stage.chapter("Drain a container instance")
    instance = next(
        each["containerInstanceArn"]
        for each in described_instances(stage)
        if each["runningTasksCount"]
    )
    machine = machine_of(stage, instance)
    stage.roadstead("plan", "drain", machine)
    planned = plan(stage, "drain", machine)
    before = {each["taskArn"] for each in running_tasks(stage)}
    stage.aws(
        "update-container-instances-state",
        "--cluster",
        CLUSTER,
        "--container-instances",
        instance,
        "--status",
        "DRAINING",
        "--query",
        "containerInstances[].status",
    )
    stage.roadstead("wait", "drained", machine)
    fresh = [each for each in running_tasks(stage) if each["taskArn"] not in before]
    stage.check(
        "it went as planned, and copies ran before the others stopped",
        f"{shown(planned)}; {len(answers(stage))} answer",
        planned == places(stage, fresh) and len(answers(stage)) == COUNT,
    )
    stage.aws(
        "update-container-instances-state",
        "--cluster",
        CLUSTER,
        "--container-instances",
        instance,
        "--status",
        "ACTIVE",
        "--query",
        "containerInstances[].status",
    )


def machine_of(stage: Stage, instance: str) -> str:
    """The machine behind a container instance."""
    found = (e["id"] for e in machines(stage) if e["containerInstanceArn"] == instance)
    return str(next(found))


def plan(stage: Stage, *words: str) -> dict[str, int]:
    """How many tasks a plan starts, by machine."""
    answer = json.loads(stage.roadstead("plan", *words, "--json", quiet=True))
    moves = [each for service in answer["services"] for each in service["movements"]]
    return {each["ec2InstanceId"]: each["started"] for each in moves if each["started"]}


def places(stage: Stage, tasks: list[dict[str, object]]) -> dict[str, int]:
    """How many of the tasks are on which machine."""
    found: dict[str, int] = {}
    for each in tasks:
        machine = machine_of(stage, str(each["containerInstanceArn"]))
        found[machine] = found.get(machine, 0) + 1
    return found


def shown(planned: dict[str, int]) -> str:
    return ", ".join(f"{machine} +{count}" for machine, count in sorted(planned.items()))

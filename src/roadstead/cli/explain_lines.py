"""Explanations as lines for people."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from roadstead.aws.arns import last_part
from roadstead.cli.terminal import columns

Answer = dict[str, Any]


def service_lines(answer: Answer) -> list[str]:
    """A service: how it stands, what holds it up, what comes next, what happened last."""
    service = answer["service"]
    lines = [
        f"service {service['serviceName']} in {service['clusterName']}: {service['outcome']}",
        f"  {service['outcomeReason']}",
        "",
        f"desired {service['desiredCount']}, running {service['runningCount']} "
        f"(healthy {service['healthyCount']}), pending {service['pendingCount']}, "
        f"stopping {service['stoppingCount']}; at least {service['minimumHealthy']} healthy, "
        f"at most {service['maximumTotal']} in all",
        "",
        *_deployments(service["deployments"]),
    ]
    lines += _listed("Holds it up:", service["holdUps"])
    lines += _listed("Does next:", service["next"])
    if "nextLookAt" in service:
        lines.append(f"Looks again at {clock(service['nextLookAt'])} if nothing changes before.")
    if "placement" in service and not service["placement"]["able"]:
        lines += ["", *placement_lines(service["placement"])]
    elif "placement" in service:
        lines += ["", f"Placement: {service['placement']['message']}"]
    if service["events"]:
        events = [f"{clock(each['createdAt'])}  {each['message']}" for each in service["events"]]
        lines += _listed("Last events:", events)
    return lines


def task_lines(answer: Answer) -> list[str]:
    """A task: where it stands and why, its containers, its instance, what helps."""
    task = answer["task"]
    lines = [f"task {last_part(task['taskArn'])} of {task['group']}: {task['summary']}", ""]
    rows = [
        [
            each["name"],
            each["lastStatus"],
            each["healthStatus"],
            str(each.get("exitCode", "-")),
            each["image"],
            each.get("reason", ""),
        ]
        for each in task["containers"]
    ]
    if rows:
        lines += columns(["CONTAINER", "STATUS", "HEALTH", "EXIT", "IMAGE", "REASON"], rows)
    lines += ["", *task["why"]]
    if "address" in task:
        lines.append(f"Its own address is {task['address']}.")
    if "instance" in task:
        lines.append(_instance(task["instance"]))
    lines += (f"→ {each}" for each in task["advice"])
    return lines


def placement_answer_lines(answer: Answer) -> list[str]:
    """Where RunTask would put a task."""
    return list(placement_lines(answer["placement"]))


def placement_lines(placement: Answer) -> Iterator[str]:
    """The table of filters, and who came closest."""
    yield f"Placement: {placement['message']}"
    rows = [
        [each["reason"], each["asks"], str(each["fell"]), str(each["left"])]
        for each in placement["falls"]
        if each["fell"] or placement["able"]
    ]
    if rows and placement["registered"]:
        for line in columns(["FILTER", "ASKS", "FELL", "LEFT"], rows):
            yield f"  {line}"
    if placement.get("advice"):
        yield f"  → {placement['advice']}"


def clock(epoch_seconds: float) -> str:
    """A moment, as a time of day in UTC."""
    return f"{datetime.fromtimestamp(epoch_seconds, UTC):%Y-%m-%d %H:%M:%SZ}"


def _deployments(deployments: list[Answer]) -> list[str]:
    if not deployments:
        return ["It has no deployment."]
    rows = [
        [
            each["id"],
            each["status"],
            last_part(each["taskDefinition"]),
            str(each["desiredCount"]),
            str(each["runningCount"]),
            str(each["pendingCount"]),
            str(each["failedTasks"]),
            each["rolloutState"],
        ]
        for each in deployments
    ]
    counts = ["DESIRED", "RUNNING", "PENDING", "FAILED"]
    return columns(["DEPLOYMENT", "STATUS", "REVISION", *counts, "ROLLOUT"], rows)


def _instance(instance: Answer) -> str:
    named = instance.get("ec2InstanceId") or last_part(instance["containerInstanceArn"])
    agent = "agent connected" if instance["agentConnected"] else "agent NOT connected"
    text = f"Instance {named}: {instance['status']}, {agent}, {instance['availabilityZone']}"
    if "tasks" in instance:
        text += (
            f"; tasks: {instance['tasks']}, left: {instance['cpuLeft']} CPU units, "
            f"{instance['memoryLeft']} MiB"
        )
    return text + "."


def _listed(heading: str, texts: list[str]) -> list[str]:
    return ["", heading, *(f"  - {each}" for each in texts)] if texts else []

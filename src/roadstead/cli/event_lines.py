"""An event as one line for people: when, what, who, and why."""

from collections.abc import Callable, Mapping
from typing import Any

from roadstead.aws.arns import last_part

Detail = Mapping[str, Any]


def line_of(event: Mapping[str, Any]) -> str:
    """The line of an event in EventBridge's form."""
    detail = event["detail"]
    say = _SAYINGS.get(event["detail-type"], _anything)
    words = [event["time"], *say(event["resources"][0], detail)]
    return "  ".join(_plain(word) for word in words if word)


def _task(arn: str, detail: Detail) -> list[str]:
    status = detail["lastStatus"]
    if detail["desiredStatus"] != status:
        status = f"{status} (to be {detail['desiredStatus']})"
    instance = last_part(detail.get("containerInstanceArn", ""))
    about = [f"task {last_part(arn)}", status, detail.get("group", "")]
    if instance:
        about.append(f"on {instance}")
    if detail.get("healthStatus", "UNKNOWN") != "UNKNOWN":
        about.append(detail["healthStatus"])
    if reason := detail.get("stoppedReason"):
        code = detail.get("stopCode")
        about.append(f"{code}: {reason}" if code else reason)
    return about + [_container(each) for each in detail["containers"] if _is_told(each)]


def _is_told(container: Detail) -> bool:
    return bool(container.get("reason")) or container.get("exitCode") is not None


def _container(container: Detail) -> str:
    words = [container["name"]]
    if container.get("exitCode") is not None:
        words.append(f"exited with {container['exitCode']}")
    if container.get("reason"):
        words.append(container["reason"])
    return ": ".join(words)


def _instance(arn: str, detail: Detail) -> list[str]:
    left = {each["name"]: each.get("integerValue") for each in detail["remainingResources"]}
    return [
        f"container instance {last_part(arn)}",
        detail["status"],
        "agent connected" if detail["agentConnected"] else "agent not connected",
        f"{detail['runningTasksCount']} running, {detail['pendingTasksCount']} pending",
        *(f"{name} {left[name]} left" for name in ("CPU", "MEMORY") if name in left),
        detail.get("statusReason", ""),
    ]


def _service(arn: str, detail: Detail) -> list[str]:
    extras = {
        name: value
        for name, value in detail.items()
        if name not in ("eventType", "eventName", "clusterArn", "createdAt", "message")
    }
    return [
        f"service {last_part(arn)}",
        f"{detail['eventType']} {detail['eventName']}",
        detail.get("message", ""),
        *(f"{name}={_short(value)}" for name, value in extras.items()),
    ]


def _deployment(arn: str, detail: Detail) -> list[str]:
    return [
        f"deployment {detail['deploymentId']} of {last_part(arn)}",
        f"{detail['eventType']} {detail['eventName']}",
        detail["reason"],
    ]


def _hook(arn: str, detail: Detail) -> list[str]:  # noqa: ARG001  # as its like
    return [
        f"hook {detail['hookId']} of {last_part(detail['serviceArn'])}",
        f"{detail['eventType']} {detail['eventName']}",
        f"{detail['lifecycleStage']}, expires {detail['expiresAt']}"
        if detail["eventName"] == "HOOK_AWAITING_ACTION"
        else detail["lifecycleStage"],
    ]


def _anything(arn: str, detail: Detail) -> list[str]:
    return [arn, *(f"{name}={_short(value)}" for name, value in detail.items())]


_SAYINGS: dict[str, Callable[[str, Detail], list[str]]] = {
    "ECS Task State Change": _task,
    "ECS Container Instance State Change": _instance,
    "ECS Service Action": _service,
    "ECS Deployment State Change": _deployment,
    "ECS Hook State Change": _hook,
}


def _short(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(last_part(str(each)) for each in value)
    return str(value)


def _plain(text: str) -> str:
    """Without what would move a terminal's cursor: reasons come from containers and agents."""
    return "".join(each if each.isprintable() else " " for each in text)

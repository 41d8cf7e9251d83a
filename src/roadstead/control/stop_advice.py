"""Why a task stopped, and what usually helps: told by its stop code, reasons and exit codes.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting.html
"""

from collections.abc import Sequence

from roadstead.ecs.records.task import Container, Task
from roadstead.ecs.rules.stop_codes import (
    DEREGISTERED_REASON,
    SCHEDULER_INITIATED,
    TERMINATION_NOTICE,
    USER_INITIATED,
)

_BY_WORDS = (
    (
        "CannotPull",
        "The image cannot be had: check its name and tag, that its registry answers from the "
        "instance, and who may pull; `roadstead image import` makes one known without a registry.",
    ),
    ("CannotStart", "The container cannot be started: check command, entryPoint and user."),
    ("CannotCreate", "The container cannot be made: check volumes, ports and linuxParameters."),
    ("ResourceInitialization", "Something that it needs before its containers (a secret, a log "
     "driver, a volume) cannot be had."),
    ("OutOfMemory", "A container took more memory than its limit: raise memory, or find the leak."),
    ("DockerTimeout", "The instance's runtime is slow to answer: look at its load and disk."),
    ("health check", "A container's health check failed: run its command by hand in the container, "
     "and look whether startPeriod and the service's grace period are long enough."),
    ("was not heard for", "Its instance's agent was silent for longer than the dead-host grace: "
     "the machine may still run it; an agent that comes back ends it."),
)  # fmt: skip
_BY_EXIT_CODE = {
    126: "Exit code 126: the command is there, but may not be executed.",
    127: "Exit code 127: the command is not in the image.",
    137: "Exit code 137: killed by SIGKILL. It took more memory than its limit, or did not end "
    "within its stopTimeout.",
    139: "Exit code 139: it crashed (segmentation fault).",
    143: "Exit code 143: ended by SIGTERM, as when it is asked to stop.",
}
_BY_CODE = {
    USER_INITIATED: "Somebody called StopTask, or a command that does.",
    SCHEDULER_INITIATED: "Its service did not want it any more; the service's events say when.",
    TERMINATION_NOTICE: "Its machine was stopped or terminated.",
}


def stop_advice(task: Task) -> list[str]:
    """What its end points to, the most telling first."""
    texts = [task.stopped_reason, *(each.reason for each in task.containers)]
    found = [
        advice
        for words, advice in _BY_WORDS
        if any(words.lower() in text.lower() for text in texts)
    ]
    found += _of_exit_codes(task.containers, was_asked=task.stop_code in _BY_CODE)
    if task.stopped_reason.startswith(DEREGISTERED_REASON):
        found.append(
            "Its container instance was deregistered with force: its containers may still run on "
            "the machine, unknown to ECS."
        )
    elif task.stop_code in _BY_CODE and not found:
        found.append(_BY_CODE[task.stop_code])
    if not found:
        found.append("The containers' own output says more: look at their logs.")
    return list(dict.fromkeys(found))


def _of_exit_codes(containers: Sequence[Container], *, was_asked: bool) -> list[str]:
    found = []
    for each in containers:
        code = each.exit_code
        if code is None or (was_asked and code in (0, 143)):
            continue
        if code in _BY_EXIT_CODE:
            found.append(_BY_EXIT_CODE[code])
        elif code == 0 and each.essential:
            found.append(
                f"Container {each.name} is essential and ended by itself with exit code 0: a task "
                "ends with its first essential container. Is it a job rather than a server?"
            )
        elif code:
            found.append(
                f"Container {each.name} ended with exit code {code}, which is its program's own: "
                "look at its logs."
            )
    return found

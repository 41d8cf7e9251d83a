"""A plan as lines for people: first how it ends, then what moves, when, and what to remember."""

from collections.abc import Iterable, Iterator
from typing import Any

from roadstead.aws.arns import last_part
from roadstead.cli.explain_lines import placement_lines
from roadstead.cli.terminal import EXIT_FAILED, EXIT_NOT_AT_REST, columns
from roadstead.control.spans import span

Plan = dict[str, Any]

STEPS_SHOWN = 30
MACHINES_SHOWN = 4
_VERDICTS = {
    "REFUSED": "REFUSED",
    "SETTLED": "GOES THROUGH",
    "BLOCKED": "STAYS BLOCKED",
    "WAITS_FOR_ROOM": "WAITS FOR ROOM",
    "WAITS": "WAITS",
    "IN_PROGRESS": "DOES NOT COME TO REST",
    "CUT_OFF": "NOT KNOWN TO THE END",
}
_FATES = {"STOPPED": "is stopped", "STARTED": "is started"}
_SAID = {"STARTED": "start", "STOPPED": "stop", "ORPHANED": "give up"}


def status_of(plan: Plan) -> int:
    """The exit status that goes with it."""
    if plan["outcome"] == "REFUSED":
        return EXIT_FAILED
    return 0 if plan["outcome"] == "SETTLED" else EXIT_NOT_AT_REST


def plan_lines(plan: Plan) -> list[str]:
    """The whole plan."""
    lines = [f"{_what(plan)}: {_verdict(plan)}"]
    if "refusal" in plan:
        refusal = plan["refusal"]
        lines.append(f"  {refusal['code']}: {refusal['message']}")
        if "hint" in refusal:
            lines.append(f"  → {refusal['hint']}")
        return [*lines, "", "Nothing was changed."]
    lines.append(f"  {plan['outcomeReason']}")
    lines += _services(plan["services"])
    lines += _places(plan["services"])
    lines += _steps(plan)
    lines += _standalone(plan["standaloneTasks"])
    lines += _instances(plan["containerInstances"])
    if plan["notes"]:
        lines += ["", *(f"! {each['message']}" for each in plan["notes"])]
    return [*lines, "", _assumed(plan["assumptions"])]


def _what(plan: Plan) -> str:
    """The change in the words of the command."""
    if plan["operation"] == "UpdateContainerInstancesState":
        return "drain" if plan["request"].get("status") == "DRAINING" else "activate"
    return "".join(f"-{each.lower()}" if each.isupper() else each for each in plan["operation"])[1:]


def _verdict(plan: Plan) -> str:
    verdict = _VERDICTS[plan["outcome"]]
    ends = [
        each["steadyAtSeconds"]
        for each in plan["services"]
        if "steadyAtSeconds" in each and not each["bystander"]
    ]
    if plan["outcome"] == "SETTLED" and ends:
        return f"{verdict}, at rest after {span(max(ends))}"
    return verdict


def _services(services: list[Plan]) -> Iterator[str]:
    if not services:
        return
    rows = []
    for each in services:
        moves = each["movements"]
        desired = str(each["desiredCount"])
        if each["desiredCountBefore"] != each["desiredCount"]:
            desired = f"{each['desiredCountBefore']} → {desired}"
        rows.append(
            [
                f"{each['serviceName']} (anyway)" if each["bystander"] else each["serviceName"],
                desired,
                f"+{sum(row['started'] for row in moves)}",
                f"-{sum(row['stopped'] + row['orphaned'] for row in moves)}",
                f"{each['healthyBefore']} → {each['healthyAfter']}, lowest {each['healthyLowest']}",
                _below(each),
                _steady(each),
            ]
        )
    headings = ["SERVICE", "DESIRED", "START", "STOP", "HEALTHY", "BELOW MINIMUM", "STEADY AFTER"]
    yield ""
    yield from columns(headings, rows)


def _steady(service: Plan) -> str:
    if "steadyAtSeconds" in service:
        return span(service["steadyAtSeconds"])
    return "at rest" if service["outcome"] == "SETTLED" else str(service["outcome"])


def _below(service: Plan) -> str:
    if not service["minimumHealthy"]:
        return "-"
    if not service["belowMinimumSeconds"]:
        return f"never (of {service['minimumHealthy']})"
    return f"{span(service['belowMinimumSeconds'])} (of {service['minimumHealthy']})"


def _places(services: list[Plan]) -> Iterator[str]:
    """From where to where, and why not everywhere."""
    for each in services:
        leaves = [
            f"{name(row)} -{row['stopped'] + row['orphaned']}"
            for row in each["movements"]
            if row["stopped"] + row["orphaned"]
        ]
        comes = [f"{name(row)} +{row['started']}" for row in each["movements"] if row["started"]]
        if leaves or comes:
            yield ""
            arrow = " → ".join(", ".join(side) for side in (leaves, comes) if side)
            yield f"{each['serviceName']}: {arrow}"
        if "noPlace" in each:
            yield from ("  " + line for line in placement_lines(each["noPlace"]))


def _steps(plan: Plan) -> Iterator[str]:
    steps = plan["steps"]
    if not steps:
        return
    rows = [
        [
            f"+{span(each['atSeconds'])}",
            each.get("serviceName", "standalone"),
            f"{_SAID[each['kind']]} {each['taskCount']}",
            last_part(each["taskDefinition"]),
            few(each["machines"]),
            each.get("reason", ""),
        ]
        for each in steps[:STEPS_SHOWN]
    ]
    yield ""
    yield from columns(["WHEN", "SERVICE", "TASKS", "REVISION", "ON", "REASON"], rows)
    more = len(steps) - STEPS_SHOWN + plan["stepsOmitted"]
    if more > 0:
        yield f"… and {more} steps more (--json has them)"


def _standalone(tasks: list[Plan]) -> Iterator[str]:
    """Those that are started or stopped; of the others the notes tell."""
    moved = [each for each in tasks if each["fate"] in _FATES]
    if moved:
        yield ""
    for each in moved:
        which = (
            last_part(each["taskArn"]) if "taskArn" in each else last_part(each["taskDefinition"])
        )
        yield f"standalone task {which} ({each['group']}) on {name(each)}: {_FATES[each['fate']]}"


def _instances(instances: list[Plan]) -> Iterator[str]:
    if instances:
        yield ""
    for each in instances:
        change = each["statusBefore"]
        if each["status"] != change:
            change += f" → {each['status']}"
        if "emptyAtSeconds" in each:
            left = f"without tasks after {span(each['emptyAtSeconds'])}"
        else:
            left = f"tasks left: {each['tasksLeft']}"
        yield f"{name(each)}: {change}, {left}"


def _assumed(assumptions: Plan) -> str:
    return (
        f"Supposed: a task takes {span(assumptions['startSeconds'])} to start, counts as "
        f"healthy {span(assumptions['healthyAfterSeconds'])} later unless a health check tells, "
        f"and takes {span(assumptions['stopSeconds'])} to end; nothing fails. Nothing was "
        "changed."
    )


def name(thing: Plan) -> str:
    """What people call an instance by."""
    return str(thing.get("ec2InstanceId") or last_part(thing["containerInstanceArn"]))


def few(words: Iterable[str]) -> str:
    """The first few, and how many more."""
    found = list(words)
    shown = ", ".join(found[:MACHINES_SHOWN])
    return f"{shown} and {len(found) - MACHINES_SHOWN} more" if found[MACHINES_SHOWN:] else shown

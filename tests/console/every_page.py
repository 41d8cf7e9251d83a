"""EVERY_PAGE: each page of the console, with where it is and what is to be seen on it.

By its route as `console/src/app/routes.tsx` writes it; `test_every_page.py` fails when one is
missing here.
"""

import re
from pathlib import Path
from typing import NamedTuple

ROUTES = Path(__file__).resolve().parents[2] / "console/src/app/routes.tsx"
CLUSTER_TABS = Path(__file__).resolve().parents[2] / "console/src/app/clusterTabs.ts"


class Visited(NamedTuple):
    """A page with something on it. In `path`, what is in braces stands for what the house has."""

    route: str
    path: str
    shows: str
    """What it must show once it has loaded."""
    shot: str


EVERY_PAGE = (
    Visited("clusters", "/clusters", "default", "clusters"),
    Visited("clusters/:cluster/:tab?", "/clusters/default/overview", "Capacity", "cluster"),
    Visited("clusters/:cluster/:tab?", "/clusters/default/services", "web", "services"),
    Visited("clusters/:cluster/:tab?", "/clusters/default/tasks", "{task}", "tasks"),
    Visited("clusters/:cluster/:tab?", "/clusters/default/instances", "{machine}", "instances"),
    Visited("clusters/:cluster/:tab?", "/clusters/default/map", "{machine}", "map"),
    Visited("clusters/:cluster/:tab?", "/clusters/default/tags", "Tags", "cluster-tags"),
    Visited("clusters/:cluster/:tab?", "/clusters/default/events", "web", "cluster-events"),
    Visited(
        "clusters/:cluster/instances/:id",
        "/clusters/default/instances/{instance}",
        "{machine}",
        "instance",
    ),
    Visited(
        "clusters/:cluster/instances/:id",
        "/clusters/default/instances/{left}",
        "no longer monitored or accounted for",
        "instance-deregistered",
    ),
    Visited("clusters/:cluster/tasks/:id", "/clusters/default/tasks/{task}", "{task}", "task"),
    Visited(
        "clusters/:cluster/tasks/:id",
        "/clusters/default/tasks/{orphan}",
        "forced by user",
        "task-stopped",
    ),
    Visited(
        "clusters/:cluster/run-task",
        "/clusters/default/run-task?taskDefinition=web",
        "Latest (2)",
        "run-task",
    ),
    Visited("load-balancers", "/load-balancers", "front", "load-balancers"),
    Visited("load-balancers/:id", "/load-balancers/{balancer}", "internet-facing", "load-balancer"),
    Visited(
        "classic-load-balancers/:name", "/classic-load-balancers/old", "old", "classic-balancer"
    ),
    Visited("target-groups", "/target-groups", "web", "target-groups"),
    Visited("target-groups/:id", "/target-groups/{group}", "healthy", "target-group"),
    Visited("task-definitions", "/task-definitions", "web", "task-definitions"),
    Visited(
        "task-definitions", "/task-definitions?status=INACTIVE", "past", "task-definitions-inactive"
    ),
    Visited("task-definitions/:family", "/task-definitions/web", "web:2", "family"),
    Visited("task-definitions/:family/:revision", "/task-definitions/web/1", "web:1", "revision"),
    Visited(
        "task-definitions/:family/:revision",
        "/task-definitions/past/1",
        "INACTIVE",
        "revision-past",
    ),
    Visited(
        "task-definitions/:family/difference",
        "/task-definitions/web/difference?from=1&to=2",
        "GREETING",
        "difference",
    ),
    Visited("create-task-definition", "/create-task-definition", "Family", "create-definition"),
    Visited(
        "create-task-definition", "/create-task-definition?from=web%3A1", "web", "create-revision"
    ),
    Visited(
        "clusters/:cluster/create-service",
        "/clusters/default/create-service?taskDefinition=web",
        "Latest (2)",
        "create-service",
    ),
    Visited(
        "clusters/:cluster/services/:service/update",
        "/clusters/default/services/web/update",
        "Task definition family",
        "update-service",
    ),
    *(
        Visited(
            "clusters/:cluster/services/:service/:tab?",
            f"/clusters/default/services/web/{tab}",
            shows,
            f"service-{tab}",
        )
        for tab, shows in (
            ("health", "Desired"),
            ("deployments", "web:1"),
            ("tasks", "{task}"),
            ("events", "has started"),
            ("load-balancers", "healthy"),
            ("configuration", "REPLICA"),
        )
    ),
    Visited("events", "/events", "Events", "events"),
    Visited("*", "/no/such/page", "Clusters", "not-found"),
)


def routes() -> set[str]:
    """The paths of all routes that the console has."""
    return set(re.findall(r"path: '([^']+)'", ROUTES.read_text()))


def cluster_tabs() -> set[str]:
    """The tabs of the page of a cluster."""
    return set(re.findall(r"\bid: '([^']+)'", CLUSTER_TABS.read_text()))

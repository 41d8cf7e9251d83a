"""The demo's service `web`, and how the demo looks at it: tasks, where they answer, machines."""

import json
from pathlib import Path
from typing import Any

from demo.stage import Stage, get

CLUSTER = "default"
SERVICE = "web"
COUNT = 3


def register(
    stage: Stage, revision: int, *, family: str = "web", image: str = "demo/web:latest"
) -> None:
    """Register a revision; it must get that number."""
    page = f"echo revision {revision} on $HOSTNAME > /www/index.html"
    container = {
        "name": "web",
        "image": image,
        "memory": 32,
        "command": ["sh", "-c", f"{page}; trap 'exit 0' TERM; httpd -f -p 80 -h /www & wait $!"],
        "portMappings": [{"containerPort": 80}],
        "stopTimeout": 5,
    }
    definition: Path = stage.data_dir / f"{family}-{revision}.json"
    definition.write_text(
        json.dumps({"family": family, "containerDefinitions": [container]}, indent=1)
    )
    got = stage.aws(
        "register-task-definition",
        "--cli-input-json",
        f"file://{definition}",
        "--query",
        "taskDefinition.{family:family,revision:revision,status:status}",
    )
    assert got["revision"] == revision, f"expected revision {revision}, got {got}"


def machines(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        stage.roadstead("instance", "list", "--json", quiet=True)
    )
    return found


def described_instances(stage: Stage) -> list[dict[str, Any]]:
    arns = stage.aws("list-container-instances", "--cluster", CLUSTER)["containerInstanceArns"]
    answer = stage.ask("describe_container_instances", cluster=CLUSTER, containerInstances=arns)
    found: list[dict[str, Any]] = answer["containerInstances"]
    return found


def running_tasks(stage: Stage) -> list[dict[str, Any]]:
    arns = stage.ask("list_tasks", cluster=CLUSTER, serviceName=SERVICE)["taskArns"]
    if not arns:
        return []
    answer = stage.ask("describe_tasks", cluster=CLUSTER, tasks=arns)
    return [each for each in answer["tasks"] if each["lastStatus"] == "RUNNING"]


def url_of(stage: Stage, task: dict[str, Any]) -> str:
    bindings = task["containers"][0]["networkBindings"]
    return f"http://{stage.addresses[task['containerInstanceArn']]}:{bindings[0]['hostPort']}/"


def answers(stage: Stage) -> dict[str, str]:
    urls = [url_of(stage, each) for each in running_tasks(stage)]
    return {url: text for url in urls if (text := get(url))}

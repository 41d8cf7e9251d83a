"""Play Roadstead's main story on real containers: `make demo`.

Every line that begins with $ is a command anyone can type. Ends with a table of what was asked and
what was seen; the exit status is not zero when a step failed.
"""

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from demo.image import write_oci_layout
from demo.stage import HEALTHY_AFTER_SECONDS, Stage, get

CLUSTER = "default"
SERVICE = "web"
COUNT = 3


def main() -> int:
    stage = Stage()
    good = False
    try:
        stage.open()
        play(stage)
        good = stage.table()
        if sys.stdin.isatty() and sys.stdout.isatty():
            environment = f"roadstead env --data-dir {stage.data_dir}"
            stage.tell(f'It runs on. In another terminal: eval "$({environment})"')
            stage.tell("Press Enter to take it all down.")
            sys.stdin.readline()
    except (KeyboardInterrupt, Exception) as problem:  # noqa: BLE001  # shown; then all is taken down
        if stage.seen:
            stage.table()
        stage.console.print(f"[red]The demo stopped: {type(problem).__name__}: {problem}[/]")
    finally:
        stage.close()
    return 0 if good else 1


def play(stage: Stage) -> None:
    prepare(stage)
    run_a_service(stage)
    deregister_an_instance(stage)
    roll_out_a_revision(stage)
    deregister_revisions(stage)


def prepare(stage: Stage) -> None:
    stage.chapter("A cluster, three container instances, an image")
    layout = write_oci_layout(stage.data_dir / "demo-image")
    stage.roadstead("image", "import", str(layout), "--name", "demo/web:latest")
    instances = described_instances(stage)
    addresses = {each["id"]: each["address"] for each in machines(stage)}
    for each in instances:
        stage.addresses[each["containerInstanceArn"]] = addresses[each["ec2InstanceId"]]
    stage.check(
        "three container instances are registered",
        ", ".join(f"{each['ec2InstanceId']} {each['status']}" for each in instances),
        len(instances) == 3 and all(each["agentConnected"] for each in instances),
    )


def run_a_service(stage: Stage) -> None:
    stage.chapter("A service of three tasks that answer HTTP")
    register(stage, revision=1)
    stage.aws(
        "create-service",
        "--cluster",
        CLUSTER,
        "--service-name",
        SERVICE,
        "--task-definition",
        "web:1",
        "--desired-count",
        str(COUNT),
        "--query",
        "service.{status:status,desired:desiredCount}",
    )
    seconds = stage.wait("three tasks answer", lambda: len(answers(stage)) == COUNT)
    said = answers(stage)
    for url, text in said.items():
        stage.tell(f"  curl {url} → {text}")
    stage.check(
        "three real containers answer over HTTP", f"{len(said)} answers, {seconds:.1f} s", True
    )


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
    stage.tell(f"  curl {url}")
    stage.check("the orphan still answers", get(url) or "no answer", bool(get(url)))
    record = stage.ask("describe_tasks", cluster=CLUSTER, tasks=[task["taskArn"]])["tasks"][0]
    stage.check(
        "its record says why it is not counted any more",
        f"{record['lastStatus']}: {record['stoppedReason']}",
        record["lastStatus"] == "STOPPED",
    )
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


def roll_out_a_revision(stage: Stage) -> None:
    stage.chapter("Roll out a new revision without a gap")
    stage.tell(
        f"ECS counts a task without health check as healthy after 40 s of RUNNING; this demo runs "
        f"with --healthy-after {HEALTHY_AFTER_SECONDS}."
    )
    register(stage, revision=2)
    watch = Watch(stage)
    watch.start()
    stage.aws(
        "update-service",
        "--cluster",
        CLUSTER,
        "--service",
        SERVICE,
        "--task-definition",
        "web:2",
        "--query",
        "service.deployments[].{id:id,status:status,taskDefinition:taskDefinition}",
    )
    seconds = stage.wait("the deployment is completed", lambda: rolled_out(stage, "web:2"))
    fewest = watch.stop()
    said = set(answers(stage).values())
    stage.check(
        "every task runs the new revision",
        f"{'; '.join(sorted({text.partition(' on ')[0] for text in said}))}, {seconds:.1f} s",
        bool(said) and all("revision 2" in text for text in said),
    )
    stage.check(
        "never fewer than three tasks answered on the way", f"{fewest} at least", fewest >= COUNT
    )


def deregister_revisions(stage: Stage) -> None:
    stage.chapter("Deregister task definition revisions")
    answered = stage.aws(
        "deregister-task-definition",
        "--task-definition",
        "web:1",
        "--query",
        "taskDefinition.{revision:revision,status:status}",
    )
    stage.check("it is INACTIVE at once", answered["status"], answered["status"] == "INACTIVE")
    said = stage.refused("run-task", "--cluster", CLUSTER, "--task-definition", "web:1")
    stage.check("it runs no new task", said.rpartition(": ")[2], "inactive" in said)

    stage.aws(
        "deregister-task-definition",
        "--task-definition",
        "web:2",
        "--query",
        "taskDefinition.status",
    )
    stage.aws(
        "update-service",
        "--cluster",
        CLUSTER,
        "--service",
        SERVICE,
        "--desired-count",
        "5",
        "--query",
        "service.desiredCount",
    )
    seconds = stage.wait("the service has five tasks", lambda: len(running_tasks(stage)) == 5)
    stage.check(
        "a service that uses an INACTIVE revision still scales",
        f"5 tasks run, {seconds:.1f} s",
        all("revision 2" in text for text in answers(stage).values()),
    )
    said = stage.refused(
        "create-service",
        "--cluster",
        CLUSTER,
        "--service-name",
        "other",
        "--task-definition",
        "web:2",
        "--desired-count",
        "1",
    )
    stage.check("no new service may use it", said.rpartition(": ")[2], "inactive" in said)
    described = stage.aws(
        "describe-task-definition", "--task-definition", "web:2", "--query", "taskDefinition.status"
    )
    stage.check("it stays describable", described, described == "INACTIVE")
    inactive = stage.aws("list-task-definition-families", "--status", "INACTIVE")["families"]
    stage.check("the family is on the INACTIVE list", ", ".join(inactive), inactive == ["web"])
    register(stage, revision=3)
    active = stage.aws("list-task-definition-families", "--status", "ACTIVE")["families"]
    stage.check(
        "the next revision brings it back, as number 3", ", ".join(active), active == ["web"]
    )


def register(stage: Stage, revision: int) -> None:
    page = f"mkdir -p /www; echo revision {revision} on $HOSTNAME > /www/index.html"
    container = {
        "name": "web",
        "image": "demo/web:latest",
        "memory": 32,
        "command": ["sh", "-c", f"{page}; trap 'exit 0' TERM; httpd -f -p 80 -h /www & wait $!"],
        "portMappings": [{"containerPort": 80}],
        "stopTimeout": 5,
    }
    definition: Path = stage.data_dir / f"web-{revision}.json"
    definition.write_text(
        json.dumps({"family": "web", "containerDefinitions": [container]}, indent=1)
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


def rolled_out(stage: Stage, revision: str) -> bool:
    answer = stage.ask("describe_services", cluster=CLUSTER, services=[SERVICE])
    deployments = answer["services"][0]["deployments"]
    return (
        len(deployments) == 1
        and deployments[0]["taskDefinition"].endswith(revision)
        and deployments[0]["rolloutState"] == "COMPLETED"
    )


class Watch:
    """Counts, again and again in the background, how many tasks answer."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._over = threading.Event()
        self._fewest = 10**6
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> int:
        """The fewest tasks that answered at any one look."""
        self._over.set()
        self._thread.join()
        return self._fewest

    def _run(self) -> None:
        while not self._over.is_set():
            self._fewest = min(self._fewest, len(answers(self._stage)))
            time.sleep(0.2)


if __name__ == "__main__":
    raise SystemExit(main())

"""Play Roadstead's main story on real containers: `make demo`.

Every line that begins with $ is a command anyone can type. Ends with a table of what was asked and
what was seen; the exit status is not zero when a step failed.
"""

import sys

from demo.console import say_where_to_watch
from demo.definitions import deregister_revisions
from demo.deployments import roll_out_a_revision, take_a_revision_back
from demo.front import Visitors, ask_by_name, make_a_load_balancer, target_group
from demo.image import write_oci_layout
from demo.instances import deregister_an_instance, drain_an_instance
from demo.stage import Stage
from demo.web import CLUSTER, COUNT, SERVICE, answers, described_instances, machines, register


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
    say_where_to_watch(stage)
    prepare(stage)
    make_a_load_balancer(stage)
    run_a_service(stage)
    deregister_an_instance(stage)
    with Visitors(stage) as visitors:
        roll_out_a_revision(stage)
        take_a_revision_back(stage)
        drain_an_instance(stage)
    visitors.tell("the rollout, the rollback and the drain")
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
    stage.chapter("A service of three tasks behind the load balancer")
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
        "--load-balancers",
        f"targetGroupArn={target_group(stage)},containerName=web,containerPort=80",
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
    stage.roadstead("wait", "stable", SERVICE)
    said_by_name = ask_by_name(stage)
    stage.check("the load balancer's name answers", said_by_name, "revision 1" in said_by_name)


if __name__ == "__main__":
    raise SystemExit(main())

"""Deployments: a revision that is rolled out without a gap, and one that is rolled back."""

import threading
import time

from demo.stage import HEALTHY_AFTER_SECONDS, Stage
from demo.web import CLUSTER, COUNT, SERVICE, answers, register

MISSING_IMAGE = "localhost:1/demo/missing:latest"
"""Nobody listens there, so that pulling it fails at once."""


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


def take_a_revision_back(stage: Stage) -> None:
    stage.chapter("A revision that cannot start is rolled back")
    register(stage, revision=1, family="broken", image=MISSING_IMAGE)
    watch = Watch(stage)
    watch.start()
    stage.aws(
        "update-service",
        "--cluster",
        CLUSTER,
        "--service",
        SERVICE,
        "--task-definition",
        "broken:1",
        "--deployment-configuration",
        "deploymentCircuitBreaker={enable=true,rollback=true}",
        "--query",
        "service.deployments[].{status:status,taskDefinition:taskDefinition}",
    )
    stage.wait("it is rolled back", lambda: rolled_out(stage, "web:2"))
    fewest = watch.stop()
    stage.aws(
        "describe-services",
        "--cluster",
        CLUSTER,
        "--services",
        SERVICE,
        "--query",
        "services[0].events[:8].message",
    )
    stage.check(
        "the circuit breaker took it back",
        "web:2 again",
        rolled_out(stage, "web:2"),
    )
    stage.check("nobody noticed", f"{fewest} answered at least", fewest >= COUNT)


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
        self._thread = threading.Thread(target=self._run, daemon=True)

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

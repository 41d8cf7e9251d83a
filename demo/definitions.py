"""Task definition revisions are deregistered; what runs on them goes on."""

from demo.stage import Stage
from demo.web import CLUSTER, SERVICE, answers, register, running_tasks


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
    active = stage.aws(
        "list-task-definition-families", "--family-prefix", "web", "--status", "ACTIVE"
    )["families"]
    stage.check(
        "the next revision brings it back, as number 3", ", ".join(active), active == ["web"]
    )

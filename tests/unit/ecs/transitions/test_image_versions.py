"""Tags of a service's containers are resolved once for a revision, by its first task."""

from typing import Any

import msgspec
import pytest

from given import (
    a_call,
    a_cluster,
    a_deployment,
    a_service,
    a_task,
    a_task_definition,
    an_instance,
    given,
    later,
    service_arn,
    task_arn,
)
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS, ServiceRevision
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.rules.image_versions import pinned
from roadstead.ecs.transitions.services import change_service
from roadstead.ecs.transitions.task_reports import ContainerReport, TaskReport, report_task
from roadstead.ecs.views.agent_payload import payload_task
from roadstead.state.view import Tx, View

WEB = service_arn("web")
DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64


def deployed(image: str = "registry.test:5000/web:1", **container: Any) -> View:
    """A service whose newest deployment has three PENDING tasks, 1 to 3."""
    document = {
        "containerDefinitions": [
            {"name": "app", "image": image, "cpu": 128, "memory": 64, **container}
        ]
    }
    view = given(
        a_cluster(),
        an_instance(),
        a_task_definition(document=document),
        a_service(deployments=(a_deployment(),)),
    )
    tx = Tx(view)
    service = change_service(tx, a_call(), tx.must(SERVICES, WEB), deploy=True)
    for number in (1, 2, 3, 4):
        task = a_task(number, service="web", last_status="PENDING", connectivity="")
        tx.put(TASKS, msgspec.structs.replace(task, started_by=service.deployments[0].id))
    return view


def run(view: View, number: int, digest: str = DIGEST) -> Task:
    """The agent says that the task is RUNNING."""
    tx = Tx(view)
    container = ContainerReport(name="app", status="RUNNING", image_digest=digest)
    report = TaskReport(status="RUNNING", containers=(container,))
    return report_task(tx, a_call(now=later(number)), tx.must(TASKS, task_arn(number)), report)


def image_of(view: View, number: int) -> str:
    return payload_task(view, view.must(TASKS, task_arn(number))).containers[0].image


def revision(view: View) -> ServiceRevision:
    arn = view.must(SERVICES, WEB).deployments[0].service_revision_arn
    return view.must(SERVICE_REVISIONS, arn)


def test_tag_resolved_once_per_deployment() -> None:
    view = deployed()
    assert image_of(view, 1) == "registry.test:5000/web:1"
    run(view, 1)
    (image,) = revision(view).container_images
    assert (image.image, image.image_digest) == ("registry.test:5000/web:1", DIGEST)
    assert image_of(view, 2) == f"registry.test:5000/web@{DIGEST}"
    run(view, 2, OTHER)
    assert revision(view).container_images[0].image_digest == DIGEST


def test_a_revision_that_is_resolved_is_not_written_again() -> None:
    view = deployed()
    run(view, 1)
    before = revision(view)
    run(view, 2)
    assert revision(view) is before


def test_a_container_may_opt_out_of_version_consistency() -> None:
    view = deployed(versionConsistency="disabled")
    run(view, 1)
    assert revision(view).container_images == ()
    assert image_of(view, 2) == "registry.test:5000/web:1"


def test_an_image_that_is_named_by_digest_stays_as_it_is() -> None:
    view = deployed(f"web@{OTHER}")
    run(view, 1)
    assert image_of(view, 2) == f"web@{OTHER}"


def test_three_failed_attempts_then_without() -> None:
    view = deployed()
    for number in (1, 2, 3):
        run(view, number, "")
    assert revision(view).resolution_failures == 3
    run(view, 4, DIGEST)
    assert revision(view).container_images[0].image_digest == ""
    assert image_of(view, 4) == "registry.test:5000/web:1"


def test_a_forced_deployment_resolves_anew() -> None:
    view = deployed()
    run(view, 1)
    tx = Tx(view)
    change_service(tx, a_call(), tx.must(SERVICES, WEB), deploy=True)
    assert revision(view).container_images[0].image_digest == ""


def test_the_task_of_a_deployment_that_is_gone_has_no_revision() -> None:
    view = deployed()
    run(view, 1)
    tx = Tx(view)
    task = tx.must(TASKS, task_arn(2))
    tx.put(TASKS, msgspec.structs.replace(task, started_by="ecs-svc/1"))
    assert image_of(view, 2) == "registry.test:5000/web:1"
    run(view, 2)


@pytest.mark.parametrize("digest", ["sha256:12", "nonsense", "md5:" + "a" * 64])
def test_what_is_no_digest_is_not_taken_for_one(digest: str) -> None:
    view = deployed()
    run(view, 1, digest)
    assert image_of(view, 2) == "registry.test:5000/web:1"


@pytest.mark.parametrize(
    ("image", "by_digest"),
    [
        ("web", "web"),
        ("web:1.0", "web"),
        ("registry.test:5000/web", "registry.test:5000/web"),
        ("registry.test:5000/team/web:latest", "registry.test:5000/team/web"),
    ],
)
def test_a_digest_takes_the_place_of_the_tag(image: str, by_digest: str) -> None:
    assert pinned(image, DIGEST) == f"{by_digest}@{DIGEST}"
    assert pinned(image, "") == image

"""What a rehearsal in the small world shows: who starts and stops where, in which second."""

from collections import Counter
from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.control.planned import Refused, carry_out
from roadstead.control.plans import set_the_scene, subject_of
from roadstead.control.rehearsal.journal import Journal
from roadstead.control.rehearsal.stage import Bounds, rehearsal
from roadstead.control.rehearsal.tasks import Assumptions
from unit.control.reality import START_SECONDS, STOP_SECONDS, Reality

ASSUMED = Assumptions(start_seconds=START_SECONDS, stop_seconds=STOP_SECONDS)
WATCHED_SECONDS = 400


def rehearsed(
    world: Reality, operation: str, request: dict[str, Any]
) -> tuple[Counter[tuple[float, str, str, str]], str, Any]:
    """What the rehearsal shows, how it ended, and what it was refused with."""
    journal = Journal()
    call = world.call
    subject = subject_of(world.view, call, operation, request)
    with rehearsal(world.view, call, journal, ASSUMED, Bounds()) as stage:
        try:
            stage.act(lambda tx, own: carry_out(tx, own, operation, subject.request))
        except (ApiError, Refused) as refusal:
            return Counter(), "REFUSED", refusal.message
        set_the_scene(world.view, stage, subject)
        end = stage.play()
        moved: Counter[tuple[float, str, str, str]] = Counter()
        for each in journal.movements:
            seconds = (each.at - call.now).total_seconds()
            if seconds <= WATCHED_SECONDS:
                moved[seconds, each.kind, each.service_arn, each.container_instance_arn] += 1
        return moved, end, None

"""DeleteService: no tasks any more, and then no service."""

from typing import Any

from roadstead.ecs.errors import invalid_parameter, service_not_found
from roadstead.ecs.operations.references import the_cluster, the_service
from roadstead.ecs.records.service import Service
from roadstead.ecs.records.task_set import TASK_SETS_BY_SERVICE
from roadstead.ecs.transitions import services as transitions
from roadstead.ecs.views.service import service_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def delete_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The service, DRAINING while its tasks end; INACTIVE at once if it has none.

    One that is DRAINING already is returned as it is.
    Raises: ClusterNotFoundException; ServiceNotFoundException, also when it is INACTIVE;
        InvalidParameterException when force is not given for one that wants tasks, or still has
        tasks or task sets. A DAEMON service needs no force.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    service = the_service(tx, call, cluster, request["service"])
    if service.status == "INACTIVE":
        raise service_not_found()
    if service.status == "ACTIVE":
        if service.scheduling_strategy != "DAEMON" and not request.get("force"):
            _check_idle(tx, service)
        service = transitions.begin_deletion(tx, service)
        if not transitions.has_tasks(tx, service) and not transitions.is_draining(tx, service):
            service = transitions.finish_deletion(tx, call, service)
    return {"service": service_view(tx, service)}


def _check_idle(view: View, service: Service) -> None:
    """Return if the service neither wants nor has anything.

    Source: observed: "The service cannot be stopped while …".
    """
    if service.desired_count:
        raise invalid_parameter("The service cannot be stopped while it is scaled above 0.")
    if view.count(TASK_SETS_BY_SERVICE, service.arn) or transitions.has_tasks(view, service):
        raise invalid_parameter("The service cannot be stopped while deployments are active.")

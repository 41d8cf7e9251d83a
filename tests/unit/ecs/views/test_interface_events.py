"""Events of tasks with interfaces: every step of the task and of its attachment, once."""

from typing import Any

from given import (
    a_call,
    a_cluster,
    a_security_group,
    a_subnet,
    a_task,
    a_task_definition,
    a_task_interface,
    a_vpc,
    an_instance,
    given,
    task_arn,
)
from publishing import published
from roadstead.ec2.transitions.network_interfaces import interface_attached, interface_detached
from roadstead.ecs.reconcilers import interface
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.transitions.task_interfaces import network_interface_of
from roadstead.ecs.transitions.task_reports import TaskReport, report_task
from roadstead.ecs.transitions.tasks import stop_task
from roadstead.state.view import Tx, View


def reconciled(view: View) -> list[dict[str, Any]]:
    """The events of what is to be done for the task's interface."""

    def look(tx: Tx) -> None:
        call = a_call()
        for action in interface.reconcile(tx, task_arn(1), call.now).actions:
            action.apply(tx, call)

    return published(view, look)


def told(events: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Of each event: lastStatus, desiredStatus, and the attachment's status."""
    details = [each["detail"] for each in events if "Task" in each["detail-type"]]
    return [
        (each["lastStatus"], each["desiredStatus"], each["attachments"][0]["status"])
        for each in details
    ]


def test_one_event_per_transition() -> None:
    """ET-05"""
    new = a_task_interface(status="PRECREATED", network_interface_id="", private_ipv4_address="")
    view = given(
        a_cluster(),
        a_vpc(),
        a_security_group(),
        a_subnet(1),
        an_instance(1),
        a_task_definition(),
        a_task(1, last_status="PROVISIONING", interface=new),
    )

    def machine(tell: Any) -> list[dict[str, Any]]:
        eni = network_interface_of(view, view.must(TASKS, task_arn(1)))
        return published(view, lambda tx: tell(tx, a_call(), eni))

    def agent(status: str) -> list[dict[str, Any]]:
        report = TaskReport(status=status)
        return published(
            view, lambda tx: report_task(tx, a_call(), tx.must(TASKS, task_arn(1)), report)
        )

    events = reconciled(view)
    attachment = events[0]["detail"]["attachments"][0]
    assert attachment["type"] == "eni", "not ElasticNetworkInterface as in the API"
    assert {each["name"] for each in attachment["details"]} == {
        "subnetId",
        "networkInterfaceId",
        "macAddress",
        "privateDnsName",
        "privateIPv4Address",
    }
    (container,) = events[0]["detail"]["containers"]
    assert container["networkInterfaces"] == [
        {"attachmentId": attachment["id"], "privateIpv4Address": "10.1.1.4"}
    ]
    events += machine(interface_attached)
    events += reconciled(view)
    events += agent("RUNNING")
    events += published(
        view,
        lambda tx: stop_task(
            tx, a_call(), tx.must(TASKS, task_arn(1)), reason="no", stop_code="UserInitiated"
        ),
    )
    events += agent("STOPPED")
    events += reconciled(view)
    events += machine(interface_detached)
    events += reconciled(view)
    assert told(events) == [
        ("PROVISIONING", "RUNNING", "ATTACHING"),
        ("PENDING", "RUNNING", "ATTACHED"),
        ("RUNNING", "RUNNING", "ATTACHED"),
        ("RUNNING", "STOPPED", "ATTACHED"),
        ("DEPROVISIONING", "STOPPED", "ATTACHED"),
        ("DEPROVISIONING", "STOPPED", "DETACHING"),
        ("STOPPED", "STOPPED", "DELETED"),
    ]
    assert len({each["detail"]["version"] for each in events if "version" in each["detail"]}) >= 7

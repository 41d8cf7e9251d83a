"""What would be right: said with a refusal, where the operation's own message leaves one alone."""

from roadstead.control.plan_notes import counted, machine
from roadstead.control.planned import Subject
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE
from roadstead.state.view import View


def hint_for(view: View, operation: str, subject: Subject) -> str:
    """What to do instead; empty where the refusal says it."""
    match operation:
        case "DeregisterContainerInstance":
            (instance,) = subject.instances
            tasks = view.count(LIVE_TASKS_BY_INSTANCE, instance.arn)
            if tasks and not subject.request.get("force"):
                name = machine(instance)
                return (
                    f"{name} has {counted(tasks, 'task')} not STOPPED. Drain it first (`roadstead "
                    f"plan drain {name}` says where they go), or deregister it with force, which "
                    "gives them up without stopping their containers."
                )
        case "DeleteService":
            (service,) = subject.services
            if service.status == "ACTIVE" and service.desired_count:
                return "Set its desired count to 0 first, or delete it with force."
            if service.status == "INACTIVE":
                return "It is deleted already; it is forgotten after a while."
        case "UpdateService":
            (service,) = subject.services
            if service.status != "ACTIVE":
                return f"It is {service.status}: create a service of the name once it is gone."
        case "DeregisterTaskDefinition":
            return "Name it as family:revision; ListTaskDefinitions lists those there are."
    return ""

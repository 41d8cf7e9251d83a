"""What a machine has of networks: devices of interfaces, and the task namespaces they are in."""

import msgspec


class Device(msgspec.Struct):
    """The far end of an interface's veth pair."""

    interface_id: str
    attachment_id: str
    vpc_id: str
    address: str
    mac: str
    task_arn: str = ""
    """In whose namespace it is; empty: still in its instance's."""


class Devices:
    """Of one machine. A namespace goes, and its device with it; so does all when power is lost."""

    def __init__(self) -> None:
        self.by_interface: dict[str, Device] = {}
        self.namespaces: dict[str, None] = {}
        """Task ARNs."""

    def clear(self) -> None:
        self.by_interface.clear()
        self.namespaces.clear()

    def in_instance(self, mac: str) -> Device | None:
        """The device that waits for its task's agent."""
        found = (each for each in self.by_interface.values() if not each.task_arn)
        return next((each for each in found if each.mac == mac), None)

    def of_task(self, task_arn: str) -> Device | None:
        found = (each for each in self.by_interface.values() if each.task_arn == task_arn)
        return next(found, None)

    def bring_in(self, task_arn: str, mac: str) -> None:
        """Give the task its namespace, with the device in it if it is there."""
        self.namespaces[task_arn] = None
        device = self.of_task(task_arn) or self.in_instance(mac)
        if device is not None:
            device.task_arn = task_arn

    def release(self, task_arn: str) -> None:
        """Remove the task's namespace, and with it the device in it."""
        self.namespaces.pop(task_arn, None)
        device = self.of_task(task_arn)
        if device is not None:
            del self.by_interface[device.interface_id]

"""The messages of ACS, the channel on which the control plane commands an agent.

A member without a default is one whose absence makes the whole message undecodable.
"""

import msgspec

from roadstead.agent_protocol.messages.network_interface import ElasticNetworkInterface, fault_of
from roadstead.agent_protocol.messages.payload import Attachment, RoleCredentials


class _Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Spelled in lower camel case."""


class HeartbeatMessage(_Wire, frozen=True, kw_only=True):
    message_id: str = ""
    healthy: bool = True


class PayloadMessage(_Wire, frozen=True, kw_only=True):
    """Tasks to run or to stop. Each stays encoded: a bad one must not hide the others."""

    message_id: str
    cluster_arn: str
    container_instance_arn: str
    seq_num: int = 0
    generated_at: int = 0
    """Milliseconds since the epoch."""
    tasks: tuple[msgspec.Raw, ...] = ()


class RoleCredentialsOfTask(RoleCredentials, frozen=True, kw_only=True, rename="camel"):
    """Role credentials in a message of their own must say which they are."""

    credentials_id: str


class IAMRoleCredentialsMessage(_Wire, frozen=True, kw_only=True):
    message_id: str
    task_arn: str
    role_type: str
    role_credentials: RoleCredentialsOfTask
    task_cluster_arn: str = ""


class TaskIdentity(_Wire, frozen=True, kw_only=True):
    """A task as manifests and stop verifications name it."""

    task_arn: str
    desired_status: str = ""
    task_cluster_arn: str = ""


class TaskManifestMessage(_Wire, frozen=True, kw_only=True):
    """All that should run on an instance, after it came (back)."""

    message_id: str
    cluster_arn: str = ""
    container_instance_arn: str = ""
    generated_at: int = 0
    timeline: int = 0
    tasks: tuple[TaskIdentity, ...] = ()


class TaskStopVerificationAck(_Wire, frozen=True, kw_only=True):
    """Which of an agent's stop candidates are really not wanted."""

    message_id: str
    generated_at: int = 0
    stop_tasks: tuple[TaskIdentity, ...] = ()


class AttachTaskNetworkInterfacesMessage(_Wire, frozen=True, kw_only=True):
    message_id: str
    cluster_arn: str
    container_instance_arn: str
    task_arn: str
    wait_timeout_ms: int
    elastic_network_interfaces: tuple[ElasticNetworkInterface, ...]
    task_cluster_arn: str = ""
    generated_at: int = 0


class AttachInstanceNetworkInterfacesMessage(_Wire, frozen=True, kw_only=True):
    message_id: str
    cluster_arn: str
    container_instance_arn: str
    wait_timeout_ms: int
    elastic_network_interfaces: tuple[ElasticNetworkInterface, ...]
    generated_at: int = 0


class ConfirmAttachmentMessage(_Wire, frozen=True, kw_only=True):
    message_id: str
    cluster_arn: str
    container_instance_arn: str
    attachment: Attachment
    task_arn: str = ""
    wait_timeout_ms: int = 300_000


class UpdateInfo(_Wire, frozen=True, kw_only=True):
    location: str = ""
    signature: str = ""


class StageUpdateMessage(_Wire, frozen=True, kw_only=True):
    message_id: str
    cluster_arn: str = ""
    container_instance_arn: str = ""
    update_info: UpdateInfo = UpdateInfo()


class PerformUpdateMessage(_Wire, frozen=True, kw_only=True):
    message_id: str
    cluster_arn: str = ""
    container_instance_arn: str = ""
    update_info: UpdateInfo = UpdateInfo()


class CloseMessage(_Wire, frozen=True, kw_only=True):
    message: str = ""


class ErrorMessage(_Wire, frozen=True, kw_only=True):
    message: str = ""


class ServerException(_Wire, frozen=True, kw_only=True):
    message: str = ""


class BadRequestException(_Wire, frozen=True, kw_only=True):
    message: str = ""


class InvalidClusterException(_Wire, frozen=True, kw_only=True):
    message: str = ""


class InvalidInstanceException(_Wire, frozen=True, kw_only=True):
    message: str = ""


class AccessDeniedException(_Wire, frozen=True, kw_only=True):
    message: str = ""


class InactiveInstanceException(_Wire, frozen=True, kw_only=True):
    message: str = ""


class AckRequest(_Wire, frozen=True, kw_only=True):
    """A payload, manifest or attachment was accepted; nothing is said about its success."""

    cluster: str = ""
    container_instance: str = ""
    message_id: str


class NackRequest(_Wire, frozen=True, kw_only=True):
    cluster: str = ""
    container_instance: str = ""
    message_id: str
    reason: str = ""


class HeartbeatAckRequest(_Wire, frozen=True, kw_only=True):
    message_id: str = ""


class IAMRoleCredentialsAckRequest(_Wire, frozen=True, kw_only=True):
    credentials_id: str
    expiration: str = ""
    message_id: str


class TaskStopVerificationMessage(_Wire, frozen=True, kw_only=True):
    """Tasks that run here although the manifest of the same message id does not list them."""

    message_id: str
    stop_candidates: tuple[TaskIdentity, ...] = ()


FailureMessage = (
    CloseMessage
    | ErrorMessage
    | ServerException
    | BadRequestException
    | InvalidClusterException
    | InvalidInstanceException
    | AccessDeniedException
    | InactiveInstanceException
)
ServerMessage = (
    HeartbeatMessage
    | PayloadMessage
    | IAMRoleCredentialsMessage
    | TaskManifestMessage
    | TaskStopVerificationAck
    | AttachTaskNetworkInterfacesMessage
    | AttachInstanceNetworkInterfacesMessage
    | ConfirmAttachmentMessage
    | StageUpdateMessage
    | PerformUpdateMessage
    | FailureMessage
)
AgentMessage = (
    AckRequest
    | NackRequest
    | HeartbeatAckRequest
    | IAMRoleCredentialsAckRequest
    | TaskStopVerificationMessage
)


def fault(message: ServerMessage) -> str:
    """Why an agent drops a message that it can decode; empty when it does not."""
    match message:
        case AttachTaskNetworkInterfacesMessage() if not message.task_arn:
            return "taskArn is empty"
        case AttachTaskNetworkInterfacesMessage() | AttachInstanceNetworkInterfacesMessage():
            return _attachment_fault(message)
    return ""


def _attachment_fault(
    message: AttachTaskNetworkInterfacesMessage | AttachInstanceNetworkInterfacesMessage,
) -> str:
    for name in ("message_id", "cluster_arn", "container_instance_arn"):
        if not getattr(message, name):
            return f"{name} is empty"
    if message.wait_timeout_ms <= 0:
        return f"waitTimeoutMs is {message.wait_timeout_ms}; it must be above 0"
    if not message.elastic_network_interfaces:
        return "elasticNetworkInterfaces is empty"
    return fault_of(message.elastic_network_interfaces)

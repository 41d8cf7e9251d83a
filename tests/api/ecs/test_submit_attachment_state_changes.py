"""SubmitAttachmentStateChanges."""

from typing import Any


def test_attachments_are_acknowledged(ecs: Any, cluster: str) -> None:
    attachment = {"attachmentArn": "arn:aws:ecs:a:b:attachment/1", "status": "ATTACHED"}
    answer = ecs.submit_attachment_state_changes(cluster=cluster, attachments=[attachment])
    assert answer["acknowledgment"]

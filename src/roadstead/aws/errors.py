"""ApiError: every refusal that a client is meant to see.

Raised anywhere between the wire and a transition, turned into bytes by the protocol that the
client speaks. Each service's own `errors.py` names the codes it uses.
"""

from collections.abc import Mapping


class ApiError(Exception):
    """An answer that AWS calls an exception: a code, a message and sometimes more members.

    Units: status is an HTTP status code.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members: dict[str, object] = dict(members or {})

"""CreateSignInLink: a token with which a browser gets the caller's key, once.

The tokens are the server's own and never part of the state: what is in the state is in its log.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import View

MakeLink = Callable[[str, datetime], tuple[str, datetime]]
"""Access key id and present moment → a token, and when it ends."""


def create_sign_in_link(
    _view: View, call: Call, _request: dict[str, Any], make: MakeLink
) -> dict[str, Any]:
    """A token for the console: `<server>/console/#sign-in=<token>`.

    Part of a URL behind its #, it is not sent to any server, nor does it get into a log.
    """
    token, expires_at = make(call.access_key_id, call.now)
    return {"token": token, "expiresAt": expires_at}

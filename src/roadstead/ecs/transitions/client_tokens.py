"""The only writer of client tokens: requests that were carried out and may be repeated."""

from collections.abc import Iterable

from roadstead.ecs.records.account import CLIENT_TOKENS, ClientToken
from roadstead.state.plans import Call
from roadstead.state.records import Record
from roadstead.state.view import Tx


def remember_token(
    tx: Tx, call: Call, key: str, fingerprint: str, made: Iterable[Record]
) -> ClientToken:
    """Note what a request with a token made. key: from `client_token_key`."""
    return tx.put(
        CLIENT_TOKENS,
        ClientToken(
            arn=key,
            fingerprint=fingerprint,
            resource_arns=tuple(each.arn for each in made),
            created_at=call.now,
        ),
    )

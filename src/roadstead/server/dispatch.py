"""Dispatch: the road of a request, from who asks to what is answered.

authenticate → decode → may they? → the table → view or update → until it is durable → encode.
A refusal (ApiError) takes the same road back. Nothing here knows what carries the bytes.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from roadstead.aws.arns import partition_of
from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.protocol import json
from roadstead.aws.shapes import ServiceModel
from roadstead.aws.sigv4 import authenticate
from roadstead.clock import Clock
from roadstead.ids import Ids
from roadstead.server.access import check_access
from roadstead.server.key_ring import KeyRing
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View
from roadstead.store.store import Store, StoreFailed

log = logging.getLogger(__name__)

Check = Callable[[ServiceModel, str, dict[str, Any]], None]


class Api(msgspec.Struct, frozen=True):
    """One service as the server offers it: its model and its table of operations."""

    model: ServiceModel
    writes: Mapping[str, Callable[[Tx, Call, dict[str, Any]], dict[str, Any]]]
    reads: Mapping[str, Callable[[View, Call, dict[str, Any]], dict[str, Any]]]

    @property
    def operations(self) -> set[str]:
        """What it implements."""
        return {*self.writes, *self.reads}


class Dispatcher:
    """Answers requests to the services that it is given."""

    def __init__(
        self,
        apis: tuple[Api, ...],
        store: Store,
        keys: KeyRing,
        clock: Clock,
        ids: Ids,
        *,
        agent_endpoint: str = "",
        check: Check | None = None,
    ) -> None:
        """`check` looks at every response before it is encoded: tests pass `check_response`."""
        self._by_prefix = {api.model.target_prefix: api for api in apis}
        self._fallback = apis[0]
        self._store = store
        self._keys = keys
        self._clock = clock
        self._ids = ids
        self._agent_endpoint = agent_endpoint
        self._check = check
        self._requests = 0
        self._request_ids = ids.uuid()[:-12]

    async def answer(self, request: HttpRequest, scheme: str = "http") -> HttpResponse:
        """The answer to a request, once all that it tells is durable. Never raises."""
        request_id = self._next_request_id()
        try:
            response = self._answer(request, request_id, scheme)
        except ApiError as error:
            response = json.encode_error(error, request_id)
        except StoreFailed:
            response = json.encode_error(_stopping(), request_id)
        except Exception:  # the last resort: whatever it is, the client gets an AWS error
            target = request.headers.get("x-amz-target", "")
            log.exception("request %s (%s) failed", request_id, target[:200])
            response = json.encode_error(_internal(request_id), request_id)
        if self._store.durable_sequence != self._store.sequence:
            await self._store.durable()
        return response

    def refuse_length(self) -> HttpResponse:
        """The answer to a request too long to be read, let alone to be believed."""
        error = ApiError(
            "RequestEntityTooLargeException",
            f"A request body may have at most {json.BODY_BYTES_MAX} bytes.",
            status=413,
        )
        return json.encode_error(error, self._next_request_id())

    def refuse_slowness(self) -> HttpResponse:
        """The answer to a request whose body does not come."""
        error = ApiError("RequestTimeoutException", "The request body took too long.", status=408)
        return json.encode_error(error, self._next_request_id())

    def _next_request_id(self) -> str:
        """Shaped as AWS's, but counted: it may be guessed, and drawing it would take longer."""
        self._requests += 1
        return f"{self._request_ids}{self._requests:012x}"

    def _answer(self, request: HttpRequest, request_id: str, scheme: str) -> HttpResponse:
        now = self._clock.now()
        api = self._by_prefix.get(json.target_prefix(request), self._fallback)
        model = api.model
        caller = authenticate(request, self._keys, now, service=model.signing_name)
        operation, parameters = json.decode(model, request)
        kind = self._keys.kind(caller.access_key_id)
        if kind != "root":
            check_access(kind, caller.arn, f"{model.signing_name}:{operation}")
        call = Call(
            account=caller.account,
            region=caller.region,
            partition=partition_of(caller.region),
            caller_arn=caller.arn,
            request_id=request_id,
            now=now,
            ids=self._ids,
            endpoint=self._agent_endpoint or f"{scheme}://{request.headers.get('host', '')}",
        )
        response = self._perform(api, operation, call, parameters)
        if self._check is not None:
            self._check(model, operation, response)
        return json.encode(model, operation, response, request_id)

    def _perform(
        self, api: Api, operation: str, call: Call, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        read = api.reads.get(operation)
        if read is not None:
            return read(self._store.view, call, parameters)
        write = api.writes.get(operation)
        if write is None:
            raise _not_implemented(operation)
        return self._store.update(lambda tx: write(tx, call, parameters))


def _not_implemented(operation: str) -> ApiError:
    return ApiError(
        "UnsupportedFeatureException",
        f"{operation} is not implemented yet; docs/parity.md lists what is.",
    )


def _internal(request_id: str) -> ApiError:
    return ApiError(
        "ServerException",
        f"Something went wrong in Roadstead itself; its log has it under request {request_id}.",
        status=500,
    )


def _stopping() -> ApiError:
    return ApiError(
        "ServerException", "This control plane is stopping; nothing was done.", status=503
    )

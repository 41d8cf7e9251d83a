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
from roadstead.aws.http import BODY_BYTES_MAX, HttpRequest, HttpResponse
from roadstead.aws.protocol import cbor, json
from roadstead.aws.protocol.dialects import CBOR, EC2, JSON, QUERY, Dialect
from roadstead.aws.protocol.form import FORM_MEDIA_TYPE, form_field
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
    """One service as the server offers it: how requests name it, and its table of operations.

    The model is read when the first request comes: EC2's costs 0.1 s and 20 MB. Only that of the
    first service, ECS, is read at the start.
    """

    load: Callable[[], ServiceModel]
    writes: Mapping[str, Callable[[Tx, Call, dict[str, Any]], dict[str, Any]]]
    reads: Mapping[str, Callable[[View, Call, dict[str, Any]], dict[str, Any]]]
    target_prefix: str = ""
    """What names the service in JSON and CBOR; "" for services that speak forms."""
    api_version: str = ""
    """What names the service in a form."""
    form_dialect: Dialect = QUERY
    unimplemented_code: str = "UnsupportedFeatureException"

    @property
    def model(self) -> ServiceModel:
        """The service's model; `load` keeps it."""
        return self.load()

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
        self._by_prefix = {api.target_prefix: api for api in apis if api.target_prefix}
        self._by_version = {api.api_version: api for api in apis if api.api_version}
        self._fallback = apis[0]
        self._fallback.load()  # every installation asks for it, so it is read before the first does
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
        dialect = self._dialect(request)
        try:
            response = self._answer(request, dialect, request_id, scheme)
        except ApiError as error:
            response = dialect.encode_error(error, request_id)
        except StoreFailed:
            response = dialect.encode_error(_stopping(dialect), request_id)
        except Exception:  # the last resort: whatever it is, the client gets an AWS error
            log.exception("request %s (%s) failed", request_id, _asked(request))
            response = dialect.encode_error(_internal(dialect, request_id), request_id)
        if self._store.durable_sequence != self._store.sequence:
            await self._store.durable()
        return response

    def refuse_length(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request too long to be read, let alone to be believed."""
        dialect = self._dialect(request)
        error = ApiError(
            dialect.too_long_code,
            f"A request body may have at most {BODY_BYTES_MAX} bytes.",
            status=413,
        )
        return dialect.encode_error(error, self._next_request_id())

    def refuse_slowness(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request whose body does not come."""
        dialect = self._dialect(request)
        error = ApiError(dialect.too_slow_code, "The request body took too long.", status=408)
        return dialect.encode_error(error, self._next_request_id())

    def _next_request_id(self) -> str:
        """Shaped as AWS's, but counted: it may be guessed, and drawing it would take longer."""
        self._requests += 1
        return f"{self._request_ids}{self._requests:012x}"

    def _dialect(self, request: HttpRequest) -> Dialect:
        """What the request speaks. In doubt it is JSON, as ECS's clients do."""
        headers = request.headers
        if "x-amz-target" in headers:
            return JSON
        if headers.get(cbor.PROTOCOL_HEADER) == cbor.PROTOCOL_NAME:
            return CBOR
        if not headers.get("content-type", "").lower().startswith(FORM_MEDIA_TYPE):
            return JSON
        api = self._by_version.get(form_field(request.body, "Version"))
        if api is not None:
            return api.form_dialect
        return EC2 if "/ec2/aws4_request" in headers.get("authorization", "") else QUERY

    def _api(self, request: HttpRequest, dialect: Dialect) -> Api | None:
        """The service that the request names; None when we do not have it."""
        if dialect is JSON:
            return self._by_prefix.get(json.target_prefix(request), self._fallback)
        if dialect is CBOR:
            return self._by_prefix.get(cbor.named_service(request))
        return self._by_version.get(form_field(request.body, "Version"))

    def _answer(
        self, request: HttpRequest, dialect: Dialect, request_id: str, scheme: str
    ) -> HttpResponse:
        now = self._clock.now()
        api = self._api(request, dialect)
        if api is None:
            authenticate(request, self._keys, now, refusals=dialect.refusals)
            raise _unknown_service(request, dialect)
        model = api.model
        caller = authenticate(
            request, self._keys, now, service=model.signing_name, refusals=dialect.refusals
        )
        operation, parameters = dialect.decode(model, request)
        kind = self._keys.kind(caller.access_key_id)
        if kind != "root":
            check_access(kind, caller.arn, f"{model.signing_name}:{operation}", dialect.refusals)
        call = Call(
            account=caller.account,
            region=caller.region,
            partition=partition_of(caller.region),
            caller_arn=caller.arn,
            request_id=request_id,
            now=now,
            ids=self._ids,
            access_key_id=caller.access_key_id,
            endpoint=self._agent_endpoint or f"{scheme}://{request.headers.get('host', '')}",
        )
        response = self._perform(api, operation, call, parameters)
        if self._check is not None:
            self._check(model, operation, response)
        return dialect.encode(model, operation, response, request_id)

    def _perform(
        self, api: Api, operation: str, call: Call, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        read = api.reads.get(operation)
        if read is not None:
            return read(self._store.view, call, parameters)
        write = api.writes.get(operation)
        if write is None:
            raise _not_implemented(api, operation)
        return self._store.update(lambda tx: write(tx, call, parameters))


def _not_implemented(api: Api, operation: str) -> ApiError:
    return ApiError(
        api.unimplemented_code,
        f"{operation} is not implemented yet; docs/parity.md lists what is.",
    )


def _unknown_service(request: HttpRequest, dialect: Dialect) -> ApiError:
    if dialect is CBOR:
        return ApiError(
            "UnknownOperationException",
            f"There is no service at {request.path[:200]!r}.",
            status=404,
        )
    version = form_field(request.body, "Version")[:64]
    if not version:
        return ApiError("MissingParameter", "The request must contain the parameter Version")
    return ApiError(
        "NoSuchVersion", f"The requested version ({version}) of the service does not exist."
    )


def _asked(request: HttpRequest) -> str:
    """What the request wanted, for the log."""
    target = request.headers.get("x-amz-target") or form_field(request.body, "Action")
    return (target or request.path)[:200]


def _internal(dialect: Dialect, request_id: str) -> ApiError:
    return ApiError(
        dialect.internal_code,
        f"Something went wrong in Roadstead itself; its log has it under request {request_id}.",
        status=500,
    )


def _stopping(dialect: Dialect) -> ApiError:
    return ApiError(
        dialect.unavailable_code, "This control plane is stopping; nothing was done.", status=503
    )

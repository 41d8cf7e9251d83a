"""gRPC through the real proxy: a call, a stream, and slow start of a target that is new."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio
import pytest
from tests.dataplane.certificates import a_certificate
from tests.dataplane.test_traffic import QUICK, a_balancer, url_of
from tests.dataplane.world import an_address, ask, world
from tests.load_balancers import (
    a_listener,
    a_rule,
    a_target,
    a_target_group,
    target_group_arn,
)

from roadstead.elbv2.records.target_group import TARGETS, HealthCheck, target_arn

GRPC_CHECK = HealthCheck(
    path="/grpc.health.v1.Health/Check",
    interval_seconds=5,
    timeout_seconds=2,
    matcher={"GrpcCode": "0"},
)
SERVING = b"\x08\x01"
"""A HealthCheckResponse with status SERVING. Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md"""
NAME = "shop.example"
WINDOW_SECONDS = 4
"""Of slow start; what a test can wait for is less than what ELB lets one choose."""


class Greeter(grpc.GenericRpcHandler):
    """Answers health checks, one call and one stream, in bytes that are nobody's messages."""

    def service(self, handler_call_details: Any) -> Any:
        match handler_call_details.method:
            case "/grpc.health.v1.Health/Check":
                return grpc.unary_unary_rpc_method_handler(self._serving)
            case "/shop.Greeter/Greet":
                return grpc.unary_unary_rpc_method_handler(self._greet)
            case "/shop.Greeter/Count":
                return grpc.unary_stream_rpc_method_handler(self._count)
        return None

    async def _serving(self, _request: bytes, _context: Any) -> bytes:
        return SERVING

    async def _greet(self, request: bytes, context: Any) -> bytes:
        if request == b"nobody":
            await context.abort(grpc.StatusCode.NOT_FOUND, "nobody is not here")
        return b"hello " + request

    async def _count(self, request: bytes, _context: Any) -> AsyncIterator[bytes]:
        for number in range(int(request)):
            yield b"%d" % number


def test_grpc_calls_streams_and_refusals_go_through() -> None:
    async def story() -> None:
        balancer, certificate = a_balancer(), a_certificate(NAME)
        listener = a_listener(
            port=443,
            protocol="HTTPS",
            ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            certificates=(certificate.arn,),
        )
        group = a_target_group(protocol_version="GRPC", health_check=GRPC_CHECK)
        server, address = grpc.aio.server(), an_address()
        server.add_generic_rpc_handlers((Greeter(),))
        port = server.add_insecure_port(f"{address}:0")
        await server.start()
        async with world(balancer, listener, certificate, group, a_rule(listener)) as here:
            here.put(a_target(address, port, status="initial"))
            arn = target_arn(target_group_arn("web"), address, port)
            await here.until(
                lambda: here.view.must(TARGETS, arn).status == "healthy", "the target is healthy"
            )
            trusted = grpc.ssl_channel_credentials(certificate.certificate_pem.encode())
            async with grpc.aio.secure_channel(
                f"{balancer.addresses[0].address}:443",
                trusted,
                options=[("grpc.ssl_target_name_override", NAME)],
            ) as channel:
                greet = channel.unary_unary("/shop.Greeter/Greet")
                assert await greet(b"you", timeout=5) == b"hello you"
                stream = channel.unary_stream("/shop.Greeter/Count")(b"5", timeout=5)
                assert [each async for each in stream] == [b"0", b"1", b"2", b"3", b"4"]
                with pytest.raises(grpc.aio.AioRpcError) as refused:
                    await greet(b"nobody", timeout=5)
                assert refused.value.code() is grpc.StatusCode.NOT_FOUND
                assert refused.value.details() == "nobody is not here"
        await server.stop(0)

    asyncio.run(story())


def test_a_new_target_starts_slowly_where_its_group_says_so() -> None:
    async def share_of_a_new_target(**attributes: str) -> float:
        balancer, listener = a_balancer(), a_listener()
        group = a_target_group(health_check=QUICK, attributes=attributes)
        async with world(balancer, listener, group, a_rule(listener)) as here:
            old = await here.backend("old")
            await here.healthy(old)
            if attributes:
                await asyncio.sleep(WINDOW_SECONDS)  # the first target starts slowly too
            new = await here.backend("new")
            await here.healthy(new)
            seen = Counter([(await ask(url_of(balancer)))[1] for _ in range(100)])
            return seen["new"] / 100

    async def story() -> None:
        assert await share_of_a_new_target() > 0.4
        slowly = {"slow_start.duration_seconds": str(WINDOW_SECONDS)}
        assert await share_of_a_new_target(**slowly) < 0.4

    asyncio.run(story())

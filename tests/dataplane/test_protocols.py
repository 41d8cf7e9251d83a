"""Cookies, weights, websockets, TLS, HTTP/2, TCP and UDP through the real proxy."""

import asyncio
import json
import socket
import ssl
from collections import Counter
from typing import cast

from tests.dataplane.certificates import a_certificate
from tests.dataplane.test_traffic import QUICK, a_balancer, url_of
from tests.dataplane.world import an_address, ask, world
from tests.load_balancers import (
    a_listener,
    a_load_balancer,
    a_rule,
    a_target,
    a_target_group,
    an_answer,
)

from roadstead.dataplane.metrics import requests_of_targets
from roadstead.elbv2.records.target_group import HealthCheck

TCP_CHECK = HealthCheck(protocol="TCP", path="", interval_seconds=5, timeout_seconds=2)


def test_weights_divide_requests_and_a_cookie_keeps_a_client_at_its_target() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        sticky = a_target_group(
            health_check=QUICK,
            attributes={"stickiness.enabled": "true", "stickiness.type": "lb_cookie"},
        )
        other = a_target_group("other", health_check=QUICK)
        rule = a_rule(listener, to=("web", "other"), weights=(3, 1))
        async with world(balancer, listener, rule, sticky, other) as here:
            backends = [await here.backend(name) for name in ("a", "b")]
            third = await here.backend("o", group="other")
            await here.healthy(*backends)
            await here.healthy(third, group="other")
            seen = Counter([(await ask(url_of(balancer)))[1] for _ in range(200)])
            assert seen.keys() == {"a", "b", "o"}, "each of them and nobody else"
            assert 25 <= seen["o"] <= 80, seen
            counts = {each.port: each for each in await requests_of_targets(here.plane.admin)}
            assert counts[third.port].requests == seen["o"]
            here.put(a_rule(listener))
            await asyncio.sleep(0.3)
            await here.taken()
            _, name, headers = await ask(url_of(balancer))
            assert headers["set-cookie"].startswith("AWSALB=")
            cookie = {"Cookie": headers["set-cookie"].partition(";")[0]}
            again = {(await ask(url_of(balancer), headers=cookie))[1] for _ in range(8)}
            assert again == {name}

    asyncio.run(story())


def test_websockets_go_through() -> None:
    async def story() -> None:
        balancer, listener, group = a_balancer(), a_listener(), a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            await here.healthy(await here.backend("one"))
            reader, writer = await asyncio.open_connection(balancer.addresses[0].address, 80)
            writer.write(
                b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            )
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 101 ")
            writer.write(b"hello")
            assert await reader.read(100) == b"HELLO"
            writer.close()

    asyncio.run(story())


def test_the_certificate_is_the_one_that_the_client_names() -> None:
    async def story() -> None:
        balancer = a_balancer()
        first = a_certificate("first.example", number=1)
        second = a_certificate("second.example", "*.second.example", number=2)
        listener = a_listener(
            port=443,
            protocol="HTTPS",
            ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            certificates=(first.arn, second.arn),
        )
        records = balancer, listener, first, second
        async with world(*records, a_rule(listener, action=an_answer("200", "safe"))) as here:
            address = balancer.addresses[0].address
            for name, wanted in (
                ("first.example", first),
                ("second.example", second),
                ("a.second.example", second),
                ("unknown.example", first),
            ):
                assert _served(address, name) == ("h2", wanted.certificate_pem)
            assert (await ask(f"https://{address}/"))[:2] == (200, "safe")
            [key] = list((here.root / "certificates").glob("*1-*.key"))
            assert key.stat().st_mode & 0o007 == 0
            renewed = a_certificate("first.example", number=1)
            here.put(renewed)
            await asyncio.sleep(0.5)
            await here.taken()
            assert _served(address, "first.example")[1] == renewed.certificate_pem
            assert not key.exists(), "nothing needs this private key any more"
            assert len(list((here.root / "certificates").glob("*.key"))) == 2

    asyncio.run(story())


def test_tcp_and_udp_reach_the_targets_of_a_network_load_balancer() -> None:
    async def story() -> None:
        address = an_address()
        balancer = a_load_balancer("nlb", kind="net", addresses=(address,))
        tcp = a_listener("nlb", 80, kind="net")
        udp = a_listener("nlb", 5353, kind="net", protocol="UDP")
        groups = (
            a_target_group("tcp", protocol="TCP", health_check=TCP_CHECK),
            a_target_group("udp", protocol="UDP", health_check=TCP_CHECK),
        )
        records = balancer, tcp, udp, a_rule(tcp, to=("tcp",)), a_rule(udp, to=("udp",)), *groups
        async with world(*records) as here:
            backend = await here.backend("one", group="tcp")
            await here.healthy(backend, group="tcp")
            assert (await ask(f"http://{address}/"))[1] == "one"
            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_datagram_endpoint(
                Echo, local_addr=(backend.address, backend.port)
            )
            here.put(a_target(backend.address, backend.port, group="udp", status="initial"))
            await here.healthy(backend, group="udp")
            client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            client.setblocking(False)
            client.connect((address, 5353))
            assert await _answered(client) == b"PING"
            client.close()
            transport.close()

    asyncio.run(story())


def test_access_logs_are_lines_of_json() -> None:
    async def story() -> None:
        balancer = a_balancer(attributes={"access_logs.s3.enabled": "true"})
        listener, group = a_listener(), a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            backend = await here.backend("one")
            await here.healthy(backend)
            await ask(url_of(balancer, path="/x?y"), headers={"User-Agent": 'quo"ted'})
            path = here.root / "access-logs" / "app-web-00000000000000aa.log"
            await here.until(lambda: path.exists() and path.stat().st_size > 0, "it is logged")
            line = json.loads(path.read_text())
            assert line["elb"] == "app/web/00000000000000aa"
            assert line["target"] == f"{backend.address}:{backend.port}"
            assert (line["method"], line["path"]) == ("GET", "/x?y")
            assert line["elb_status_code"] == 200
            assert line["user_agent"] == 'quo"ted'
            assert line["matched_rule"] == "default rule"

    asyncio.run(story())


class Echo(asyncio.DatagramProtocol):
    """Answers in capitals."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        cast(asyncio.DatagramTransport, self.transport).sendto(data.upper(), addr)


async def _answered(client: socket.socket) -> bytes:
    """The answer to a datagram, which is sent again if none comes: no datagram is promised."""
    for _ in range(10):
        client.send(b"ping")
        try:
            return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(client, 100), 0.5)
        except TimeoutError:
            continue
    raise AssertionError("no answer")


def _served(address: str, name: str) -> tuple[str | None, str]:
    """The protocol agreed on, and the certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection((address, 443), 5) as plain,
        context.wrap_socket(plain, server_hostname=name) as safe,
    ):
        found = safe.getpeercert(binary_form=True)
        assert found is not None
        return safe.selected_alpn_protocol(), ssl.DER_cert_to_PEM_cert(found)

"""Requests through the real proxy: rules, headers, targets that come and go."""

import asyncio
import socket

from tests.dataplane.world import an_address, ask, world
from tests.load_balancers import (
    a_listener,
    a_load_balancer,
    a_redirect,
    a_rule,
    a_target_group,
    an_answer,
    comes_from,
    header_is,
    host_is,
    method_is,
    path_is,
    query_has,
)

from roadstead.dataplane.snapshot.source_addresses import CLIENT_ADDRESS
from roadstead.elbv2.records.load_balancer import LoadBalancer
from roadstead.elbv2.records.target_group import HealthCheck

BEYOND_DEFERRING_SECONDS = 2.5
"""Longer than Linux keeps a connection to itself that has said nothing."""
QUICK = HealthCheck(
    interval_seconds=5, timeout_seconds=2, healthy_threshold=2, matcher={"HttpCode": "200"}
)


def a_balancer(**fields: object) -> LoadBalancer:
    return a_load_balancer(addresses=(an_address(), an_address()), **fields)


def url_of(balancer: LoadBalancer, port: int = 80, path: str = "/") -> str:
    return f"http://{balancer.addresses[0].address}:{port}{path}"


def test_a_request_reaches_a_target_with_elbs_headers() -> None:
    async def story() -> None:
        balancer = a_balancer()
        listener = a_listener()
        group = a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            backend = await here.backend("one")
            await here.healthy(backend)
            status, body, headers = await ask(
                url_of(balancer, path="/x?y=1"), headers={"x-forwarded-for": "192.0.2.1"}
            )
            assert (status, body) == (200, "one")
            assert not [name for name in headers if name.startswith("x-envoy")]
            seen = backend.headers[-1]
            # Of a client on loopback, Envoy tells an address of the machine that is not.
            assert seen["x-forwarded-for"].startswith("192.0.2.1,")
            assert seen["x-forwarded-port"] == "80"
            assert seen["x-forwarded-proto"] == "http"
            assert not [name for name in seen if name.startswith("x-envoy")]
            second = f"http://{balancer.addresses[1].address}/"
            assert (await ask(second))[1] == "one"

    asyncio.run(story())


def test_a_client_that_connects_first_and_asks_later_is_answered() -> None:
    async def story() -> None:
        balancer = a_balancer()
        listener = a_listener()
        group = a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            await here.healthy(await here.backend("one"))
            address = balancer.addresses[0].address
            reader, writer = await asyncio.open_connection(address, 80)
            await asyncio.sleep(BEYOND_DEFERRING_SECONDS)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 200")
            assert answer.endswith(b"\r\n\r\none")
            writer.close()

    asyncio.run(story())


def test_long_bodies_go_through_and_are_sent_again_when_a_target_breaks() -> None:
    async def story() -> None:
        balancer = a_balancer()
        listener = a_listener()
        group = a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            targets = [await here.backend(name) for name in ("one", "two")]
            for each in targets:
                each.body = b"x" * 3_000_000
                await here.healthy(each)
            sent = b"y" * 1_000_000
            status, body, _ = await ask(url_of(balancer), method="PUT", data=sent)
            assert (status, len(body)) == (200, 3_000_000)
            targets[0].breaks = 1
            answers = [await ask(url_of(balancer), method="PUT", data=sent) for _ in targets]
            assert [(status, len(body)) for status, body, _ in answers] == [(200, 3_000_000)] * 2
            assert targets[0].breaks == 0, "it broke one of them"

    asyncio.run(story())


def test_clients_cannot_steer_the_proxy() -> None:
    async def story() -> None:
        balancer = a_balancer()
        listener = a_listener()
        group = a_target_group(health_check=QUICK)
        async with world(balancer, listener, a_rule(listener), group) as here:
            backend = await here.backend("one")
            await here.healthy(backend)
            backend.delay_seconds, backend.status = 0.2, 500
            headers = {"x-envoy-upstream-rq-timeout-ms": "50"}
            assert (await ask(url_of(balancer), headers=headers))[0] == 500, "not a timeout"
            headers = {"x-envoy-retry-on": "5xx", "x-envoy-max-retries": "3"}
            await ask(url_of(balancer, path="/once"), headers=headers)
            assert backend.seen["/once"] == 1
            assert not [name for name in backend.headers[-1] if name.startswith("x-envoy")]

    asyncio.run(story())


def test_rules_are_asked_by_priority() -> None:
    async def story() -> None:
        balancer = a_balancer()
        listener = a_listener()
        rules = [
            a_rule(listener, action=an_answer("404", "default")),
            a_rule(listener, 1, path_is("/a/*"), action=an_answer("200", "a")),
            a_rule(listener, 2, path_is("/a/*"), action=an_answer("200", "never")),
            a_rule(listener, 3, host_is("*.example.com"), action=an_answer("200", "host")),
            a_rule(listener, 4, header_is("X-Kind", "b?d*"), action=an_answer("200", "header")),
            a_rule(listener, 5, method_is("DELETE"), action=an_answer("200", "method")),
            a_rule(listener, 6, query_has(("k", "v*"), ("", "w")), action=an_answer("200", "q")),
            a_rule(listener, 7, path_is("/p?th/x*y"), action=an_answer("200", "wild")),
            a_rule(
                listener, 8, path_is("/here"), comes_from("127.0.0.0/8"),
                action=an_answer("200", "near"),
            ),
            a_rule(
                listener, 9, path_is("/there"), comes_from("10.0.0.0/8"),
                action=an_answer("200", "far"),
            ),
        ]  # fmt: skip
        async with world(balancer, listener, *rules):

            async def body(path: str, **options: object) -> str:
                return (await ask(url_of(balancer, path=path), **options))[1]

            assert await body("/a/b?q") == "a"
            assert await body("/a") == "default"
            assert await body("/", headers={"Host": "WWW.example.com"}) == "host"
            assert await body("/", headers={"Host": "www.example.com:80"}) == "host"
            assert await body("/", headers={"Host": "example.com"}) == "default"
            assert await body("/", headers={"X-Kind": "BADLY"}) == "header"
            assert await body("/", method="DELETE") == "method"
            assert await body("/?x=1&k=vv") == "q"
            assert await body("/?any=w&z=1") == "q"
            assert await body("/?k=w2") == "default"
            assert await body("/path/x--y") == "wild"
            assert await body("/here") == "near"
            assert await body("/there") == "default"
            forged = {"x-forwarded-for": "10.0.0.1", "x-envoy-external-address": "10.0.0.1"}
            assert await body("/there", headers=forged) == "default"

    asyncio.run(story())


def test_redirects_fill_in_what_the_request_had() -> None:
    async def story() -> None:
        balancer = a_balancer()
        listener = a_listener()
        rules = [
            a_rule(listener, action=a_redirect(Protocol="HTTPS", Port="443")),
            a_rule(listener, 1, path_is("/h/*"), action=a_redirect(Host="www.#{host}")),
            a_rule(listener, 2, path_is("/p/*"), action=a_redirect(Path="/n/#{path}/#{port}")),
            a_rule(listener, 3, path_is("/q/*"), action=a_redirect(Query="a=b&#{query}")),
            a_rule(
                listener, 4, path_is("/s/*"),
                action=a_redirect(Path="/s", Query="", StatusCode="HTTP_302"),
            ),
            a_rule(
                listener, 5, path_is("/b*"),
                action=a_redirect(Query="to=#{path}&at=#{protocol}-#{host}-#{port}"),
            ),
            a_rule(
                listener, 6, path_is("/m*"),
                action=a_redirect(Host="#{host}.net", Path="/#{host}-#{path}%41.#{path}"),
            ),
        ]  # fmt: skip
        async with world(balancer, listener, *rules):

            async def location(path: str) -> str:
                headers = {"Host": "shop.example:80"}
                _, _, answered = await ask(url_of(balancer, path=path), headers=headers)
                return answered["location"]

            assert await location("/x/y?z=1") == "https://shop.example:443/x/y?z=1"
            assert await location("/h/1?z=1") == "http://www.shop.example:80/h/1?z=1"
            assert await location("/p/1?z=1") == "http://shop.example:80/n/p/1/80?z=1"
            assert await location("/q/1?z=1") == "http://shop.example:80/q/1?a=b&z=1"
            assert await location("/s/1?z=1") == "http://shop.example:80/s"
            assert await location("/h/1") == "http://www.shop.example:80/h/1", "no query, no ?"
            assert await location("/b/c?z=1") == (
                "http://shop.example:80/b/c?to=b/c&at=http-shop.example-80"
            )
            assert await location("/m/n?z=1") == (
                "http://shop.example.net:80/shop.example-m/n%41.m/n?z=1"
            )

    asyncio.run(story())


def test_two_hosts_in_one_request_are_refused() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        rules = [
            a_rule(listener, action=an_answer("200", "default")),
            a_rule(listener, 1, host_is("*b.example"), action=an_answer("200", "b")),
            a_rule(listener, 2, comes_from("10.0.0.0/8"), action=an_answer("200", "far")),
        ]
        async with world(balancer, listener, *rules[:2]) as here:
            both = "Host: a.example\r\nHost: b.example\r\n"
            assert await _first_line(balancer, both) == "HTTP/1.1 400 Bad Request"
            assert await _first_line(balancer, "Host: b.example\r\n") == "HTTP/1.1 200 OK"
            here.put(rules[2])
            await here.until(lambda: not here.plane.carrier.problems, "no problem")
            await here.taken()
            assert await _first_line(balancer, both) == "HTTP/1.1 400 Bad Request"
            assert await _first_line(balancer, "Host: b.example\r\n") == "HTTP/1.1 200 OK"

    asyncio.run(story())


def test_http2_without_tls_is_refused() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        rule = a_rule(listener, action=an_answer("200", "here"))
        async with world(balancer, listener, rule):
            greeting = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
            answer = await _answer(balancer, greeting)
            assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
            upgrade = "Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            settings = "HTTP2-Settings: AAMAAABkAAQAAP__\r\n"
            assert await _first_line(balancer, upgrade + settings) == "HTTP/1.1 200 OK"

    asyncio.run(story())


def test_what_the_proxy_notes_of_a_client_is_its_own_word_and_reaches_no_target() -> None:
    async def story() -> None:
        balancer, listener, group = a_balancer(), a_listener(), a_target_group(health_check=QUICK)
        near = an_answer("404", "asked")
        asking = a_rule(listener, 1, comes_from("10.0.0.0/8"), action=near)
        async with world(balancer, listener, a_rule(listener), asking, group) as here:
            backend = await here.backend("one")
            await here.healthy(backend)
            pretended = {CLIENT_ADDRESS: "10.0.0.1"}
            status, _, _ = await ask(url_of(balancer), headers=pretended)
            assert status == 200
            assert CLIENT_ADDRESS not in backend.headers[-1]

    asyncio.run(story())


def test_the_loopback_address_leads_to_the_balancer_that_is_named() -> None:
    async def story() -> None:
        port = _free_port()
        first, second = a_balancer(), a_load_balancer("shop", addresses=(an_address(),))
        one, other = a_listener(port=port), a_listener("shop", port)
        records = [
            first, second, one, other,
            a_rule(one, action=an_answer("200", "web")),
            a_rule(other, action=an_answer("200", "shop")),
        ]  # fmt: skip
        async with world(*records) as here:
            url = f"http://127.0.0.1:{port}/"
            for balancer, name in ((first, "web"), (second, "shop")):
                host = {"Host": f"{balancer.dns_name}:{port}"}
                assert (await ask(url, headers=host))[1] == name
            assert (await ask(url))[0] == 404
            here.remove(*records[1:4:2], records[5])
            await asyncio.sleep(0.3)
            await here.taken()
            assert (await ask(url))[1] == "web"
            status, said, *_ = await ask(url, headers={"Host": f"{second.dns_name}:{port}"})
            assert status == 404, "another balancer's name never means this one"
            assert first.dns_name in said

    asyncio.run(story())


def test_a_deleted_load_balancers_port_closes() -> None:
    async def story() -> None:
        balancer, listener = a_balancer(), a_listener()
        rule = a_rule(listener, action=an_answer("200", "here"))
        async with world(balancer, listener, rule) as here:
            assert (await ask(url_of(balancer)))[0] == 200
            here.remove(rule, listener, balancer)
            address = balancer.addresses[0].address
            await here.until(lambda: not _is_open(address, 80), "the port is closed")
            await here.until(
                lambda: not list((here.root / "routes").iterdir()), "no file is left of it"
            )

    asyncio.run(story())


async def _first_line(balancer: LoadBalancer, headers: str) -> str:
    answer = await _answer(balancer, f"GET / HTTP/1.1\r\n{headers}\r\n".encode())
    return answer.partition(b"\r\n")[0].decode()


async def _answer(balancer: LoadBalancer, request: bytes) -> bytes:
    """What comes first, byte by byte as it is."""
    reader, writer = await asyncio.open_connection(balancer.addresses[0].address, 80)
    writer.write(request)
    try:
        async with asyncio.timeout(10):
            return await reader.read(1000)
    finally:
        writer.close()


def _is_open(address: str, port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex((address, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

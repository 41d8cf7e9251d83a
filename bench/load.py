"""Load on an endpoint by wrk: one C thread with requests that were signed before it started.

Signing costs more than wrk itself, so it is done beforehand; a server that verifies signatures
verifies every one of them all the same.
"""

import http.client
import re
import shutil
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.programs import Failed, NotAvailable, run

_SCRIPT = """
local file = io.open("{path}", "rb")
local all = file:read("*a")
file:close()
local requests, at = {{}}, 1
while at <= #all do
  local length = tonumber(all:sub(at, at + 7))
  requests[#requests + 1] = all:sub(at + 8, at + 7 + length)
  at = at + 8 + length
end
local next_one = 0
request = function()
  next_one = next_one % #requests + 1
  return requests[next_one]
end
"""
ANSWER_SECONDS_MAX = 20
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What a stretch of load gave; every answer was 200."""

    calls_per_second: float
    p50_ms: float
    p99_ms: float


def put_load(host: str, requests: Sequence[bytes], *, connections: int, seconds: int = 4) -> Load:
    """Send the requests in turn over so many connections, each as fast as it is answered.

    Raises: NotAvailable without wrk; Failed when an answer was not 200.
    """
    if shutil.which("wrk") is None:
        raise NotAvailable("wrk is not installed: apt-get install wrk")
    _check_answer(host, requests[0])
    with tempfile.TemporaryDirectory(prefix="roadstead-bench-") as folder:
        wire = Path(folder) / "requests"
        wire.write_bytes(b"".join(b"%08d%b" % (len(each), each) for each in requests))
        script = Path(folder) / "requests.lua"
        script.write_text(_SCRIPT.format(path=wire))
        said = run(
            [
                *("wrk", "--threads", "1", "--connections", str(connections)),
                *("--duration", f"{seconds}s", "--timeout", "20s", "--latency"),
                *("--script", str(script), f"http://{host}"),
            ]
        )
    return _read(said)


def _check_answer(host: str, request: bytes) -> None:
    """Send one request. Raises: Failed with the answer when it is not 200."""
    address, _, port = host.rpartition(":")
    with socket.create_connection((address, int(port)), ANSWER_SECONDS_MAX) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        body = answer.read()
    if answer.status != 200:
        raise Failed(f"the first request of the load is refused: {answer.status} {body[:300]!r}")


def _read(said: str) -> Load:
    total = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", said)
    if total is None or total[1] == "0" or "Non-2xx" in said or "Socket errors" in said:
        raise Failed(f"the load was not answered as it should be:\n{said}")
    seconds = float(total[2]) * _MILLISECONDS[total[3]] / 1000
    return Load(
        calls_per_second=int(total[1]) / seconds,
        p50_ms=_percentile(said, 50),
        p99_ms=_percentile(said, 99),
    )


def _percentile(said: str, percent: int) -> float:
    found = re.search(rf"(?m)^\s+{percent}%\s+([\d.]+)(us|ms|s|m)", said)
    if found is None:
        raise Failed(f"wrk told no {percent}th percentile:\n{said}")
    return float(found[1]) * _MILLISECONDS[found[2]]

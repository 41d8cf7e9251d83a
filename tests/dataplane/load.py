"""Load on a URL by wrk, and what it counted."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CONNECTIONS = 10


class Load:
    """Filled in once the load has ended."""

    requests = 0
    failed = 0
    said = ""


@asynccontextmanager
async def load(url: str, seconds: float, *, is_closing: bool = False) -> AsyncIterator[Load]:
    """wrk at work while the block runs, and until its time is up."""
    program = shutil.which("wrk")
    assert program is not None, "apt-get install wrk"
    words = [f"-c{CONNECTIONS}", "-t1", f"-d{seconds:g}s", "--timeout", "10s"]
    if is_closing:
        words += ["-H", "Connection: close"]
    counted = Load()
    process = await asyncio.create_subprocess_exec(
        program, *words, url, stdout=asyncio.subprocess.PIPE
    )
    try:
        await asyncio.sleep(0.3)
        yield counted
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    counted.said = said.decode()
    requests = re.search(r"(\d+) requests in", counted.said)
    assert requests is not None, counted.said
    counted.requests = int(requests.group(1))
    errors = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", counted.said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", counted.said)
    counted.failed = sum(map(int, errors.groups())) if errors else 0
    counted.failed += int(refused.group(1)) if refused else 0

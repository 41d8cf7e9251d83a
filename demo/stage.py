"""The stage of the demo: a Roadstead of its own, commands shown as they run, the closing table."""

import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
from rich.console import Console
from rich.markup import escape
from rich.table import Table

HEALTHY_AFTER_SECONDS = 5


class Refused(Exception):
    """An `aws` command ended with an error; its text is what AWS's own CLI printed."""


class Stage:
    """Runs commands against one Roadstead, and remembers what was asked and what was seen."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.data_dir = Path(tempfile.mkdtemp(prefix="roadstead-demo-"))
        self.environment = dict(os.environ)
        self.addresses: dict[str, str] = {}
        """Container instance ARN → its address on this machine."""
        self.port = free_port()
        """Where the demo's load balancer listens."""
        self.seen: list[tuple[str, str, bool]] = []

    def open(self) -> None:
        """Start control plane, host and three instances, with the demo's image in place."""
        self.roadstead(
            "up",
            "--detach",
            "--instances",
            "3",
            "--healthy-after",
            str(HEALTHY_AFTER_SECONDS),
        )
        for line in self.roadstead("env", quiet=True).splitlines():
            name, separator, value = line.removeprefix("export ").partition("=")
            if separator:
                self.environment[name] = value.strip("'\"")
        self.environment["AWS_PAGER"] = ""
        self._clients = {name: self._client(name) for name in ("ecs", "elbv2", "ec2")}

    def _client(self, service: str) -> Any:
        return botocore.session.Session().create_client(
            service,
            region_name=self.environment["AWS_DEFAULT_REGION"],
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
        )

    def close(self) -> None:
        """Take all of it down; what could not be taken down is shown with its reason."""
        if (self.data_dir / "roadstead.json").exists():
            self.roadstead("down", "--purge")
        else:
            shutil.rmtree(self.data_dir)

    def chapter(self, title: str) -> None:
        self.console.print()
        self.console.rule(f"[bold]{title}", align="left")

    def tell(self, text: str) -> None:
        self.console.print(escape(text), style="dim")

    def roadstead(self, *words: str, quiet: bool = False) -> str:
        """Run our own command; its output is shown unless `quiet`."""
        command = [words[0], "--data-dir", str(self.data_dir), *words[1:]]
        if words[0] in ("instance", "image", "plan", "explain", "wait"):
            command = [*words[:2], "--data-dir", str(self.data_dir), *words[2:]]
        if not quiet:
            self._show("roadstead", *words)
        run = subprocess.run(
            [sys.executable, "-m", "roadstead", *command],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            raise RuntimeError(f"roadstead {' '.join(words)} ended with {run.returncode}")
        if run.stdout and not quiet:
            self.console.print(escape(run.stdout.rstrip()))
        return run.stdout

    def ask(self, operation: str, *, service: str = "ecs", **parameters: object) -> dict[str, Any]:
        """Call a service without showing it: for looking again and again."""
        answer: dict[str, Any] = getattr(self._clients[service], operation)(**parameters)
        return answer

    def aws(self, *words: str, service: str = "ecs") -> Any:
        """Run `aws <service> …`, show it, and return its answer.

        Raises: Refused with what the CLI printed.
        """
        self._show("aws", service, *words)
        run = subprocess.run(
            ["aws", service, *words, "--output", "json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode != 0:
            self.console.print(escape(run.stderr.strip()), style="yellow")
            raise Refused(run.stderr.strip())
        self.console.print(escape(run.stdout.strip()))
        return json.loads(run.stdout)

    def refused(self, *words: str) -> str:
        """What an `aws ecs …` that must be refused was told; nothing if it was not refused."""
        try:
            self.aws(*words)
        except Refused as refusal:
            return str(refusal)
        return ""

    def check(self, asked: str, seen: str, good: bool) -> None:
        """One line of the closing table."""
        self.seen.append((asked, seen, good))
        mark = "[green]✓[/]" if good else "[red]✗[/]"
        self.console.print(f"{mark} {escape(asked)}: [bold]{escape(seen)}[/]")

    def wait(self, what: str, ready: Callable[[], bool], limit_seconds: float = 90) -> float:
        """Wait until `ready`; returns the seconds it took.

        Raises: TimeoutError naming `what`.
        """
        begun = time.monotonic()
        with self.console.status(escape(f"waiting until {what} …")):
            while not ready():
                if time.monotonic() - begun > limit_seconds:
                    raise TimeoutError(f"{what}: not within {limit_seconds:.0f} s")
                time.sleep(0.1)
        return time.monotonic() - begun

    def table(self) -> bool:
        """Print what was asked and what was seen; returns whether all of it was good."""
        table = Table(title="What was asked, what was seen", title_justify="left")
        table.add_column("")
        table.add_column("asked")
        table.add_column("seen")
        for asked, seen, good in self.seen:
            table.add_row("[green]✓[/]" if good else "[red]✗[/]", escape(asked), escape(seen))
        self.console.print()
        self.console.print(table)
        return all(good for _, _, good in self.seen)

    def _show(self, *words: str) -> None:
        self.console.print(f"[bold cyan]$ {escape(shlex.join(words))}[/]")


def free_port() -> int:
    """A port of which nobody on this machine listens now."""
    with socket.create_server(("", 0)) as listener:
        return int(listener.getsockname()[1])


def get(url: str, timeout_seconds: float = 2) -> str:
    """The body of an HTTP answer, or nothing when there was none."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_seconds) as answer:  # noqa: S310  # ours
            body: bytes = answer.read()
            return body.decode().strip()
    except (urllib.error.URLError, OSError):
        return ""

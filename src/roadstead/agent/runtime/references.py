"""Image names, normalised as Docker does: `busybox` is `docker.io/library/busybox:latest`."""

import re

import msgspec

from roadstead.agent.runtime.port import RuntimeFailure

_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-f:]+\])(:[0-9]+)?")
_PATH = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Reference(msgspec.Struct, frozen=True):
    """A complete image name: `tag` or `digest` is set, or both."""

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.domain}/{self.path}{tag}{digest}"

    @property
    def fetched_as(self) -> str:
        """The name for a registry: a digest says it all, and tag and digest at once are refused."""
        if self.digest:
            return f"{self.domain}/{self.path}@{self.digest}"
        return str(self)

    @property
    def is_local(self) -> bool:
        """Does the registry run on this machine, where plain HTTP is the custom?"""
        host = self.domain.rpartition(":")[0] or self.domain
        return host in ("localhost", "127.0.0.1", "[::1]")


def normalise(name: str) -> Reference:
    """The complete form of what a task definition says.

    Raises: RuntimeFailure with CannotPullContainerError when it is no image name
    """
    rest, _, digest = name.partition("@")
    first, slash, remainder = rest.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        domain, path = first, remainder
    else:
        domain, path = "docker.io", rest
    path, colon, tag = path.partition(":")
    if domain in ("docker.io", "index.docker.io"):
        domain = "docker.io"
        path = path if "/" in path else f"library/{path}"
    valid = (
        _DOMAIN.fullmatch(domain)
        and _PATH.fullmatch(path)
        and (not colon or _TAG.fullmatch(tag))
        and ("@" not in name or _DIGEST.fullmatch(digest))
    )
    if not valid:
        raise RuntimeFailure(
            "CannotPullContainerError",
            f"invalid reference format: {name!r}; an image is named [registry/]repository[:tag]"
            "[@sha256:digest], the repository in lower case",
        )
    return Reference(domain, path, tag or ("" if digest else "latest"), digest)

"""Who a container's process runs as, by the image's own user list."""

from pathlib import Path

import msgspec

from roadstead.agent.runtime.port import RuntimeFailure

LIST_CHARACTERS_MAX = 1024 * 1024
"""As much of a list is read: the image may have made it of any length."""
_DIGITS_MAX = len(str(2**32))


class Identity(msgspec.Struct, frozen=True):
    uid: int
    gid: int
    additional_gids: tuple[int, ...] = ()
    home: str = "/"


def identify(user: str, root: Path) -> Identity:
    """`user`, `user:group`, `uid`, `uid:gid` and mixtures, as Docker reads them.

    A number need not be in the image's /etc/passwd; a name must. Without a group the user's own
    group and additional groups hold.

    Raises: RuntimeFailure when a name is unknown to the image
    """
    wanted_user, _, wanted_group = user.partition(":")
    wanted_user = wanted_user or "0"
    name, uid, gid, home = "", 0, 0, "/"
    for line in _lines(root, "etc/passwd", 7):
        if line[0] == wanted_user or line[2] == wanted_user:
            name, uid, home = line[0], int(line[2]), line[5] or "/"
            gid = _number(line[3], "group", "passwd")
            break
    else:
        uid = _number(wanted_user, "user", "passwd")
        home = "/root" if uid == 0 and (root / "root").is_dir() else "/"
    groups = list(_lines(root, "etc/group", 4))
    if wanted_group:
        for line in groups:
            if line[0] == wanted_group or line[2] == wanted_group:
                gid = int(line[2])
                break
        else:
            gid = _number(wanted_group, "group", "group")
        return Identity(uid, gid, (gid,), home)
    additional = (int(line[2]) for line in groups if name and name in line[3].split(","))
    # The group itself is among the additional ones, as under Docker: nobody can set it aside.
    return Identity(uid, gid, tuple(sorted({gid, *additional})), home)


def _lines(root: Path, file: str, fields: int) -> list[list[str]]:
    """Of a list that the image itself has; a link might lead to the instance's own."""
    path = root / file
    if path.is_symlink() or path.parent.is_symlink() or not path.is_file():
        return []
    with open(path, errors="replace") as users:
        lines = [line.split(":") for line in users.read(LIST_CHARACTERS_MAX).splitlines()]
    return [line for line in lines if len(line) >= fields and _is_number(line[2])]


def _number(text: str, what: str, file: str) -> int:
    if _is_number(text):
        return int(text)
    raise RuntimeFailure(
        "CannotStartContainerError",
        f"unable to find {what} {text}: no matching entries in the image's {file} file; "
        f"give a number, or an image that knows {text}",
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX

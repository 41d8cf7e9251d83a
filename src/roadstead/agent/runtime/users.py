"""Who a container's process runs as, by the image's own user list."""

from pathlib import Path

import msgspec

from roadstead.agent.runtime.port import RuntimeFailure


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
            name, uid, gid, home = line[0], int(line[2]), int(line[3]), line[5] or "/"
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
    path = root / file
    if path.is_symlink() or not path.is_file():
        return []
    lines = (line.split(":") for line in path.read_text(errors="replace").splitlines())
    return [line for line in lines if len(line) >= fields and line[2].isdecimal()]


def _number(text: str, what: str, file: str) -> int:
    if text.isdecimal():
        return int(text)
    raise RuntimeFailure(
        "CannotStartContainerError",
        f"unable to find {what} {text}: no matching entries in the image's {file} file; "
        f"give a number, or an image that knows {text}",
    )

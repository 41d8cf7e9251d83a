"""A program with little: its own view of the disk, a user of its own, one capability.

Run as `python -m roadstead.host.confinement` by the host, which is root. It gives up, in this
order, its view of the disk (a root that holds the program, the system's libraries and one
directory), its user and its capabilities but the one to bind ports below 1024, and becomes the
program.

What is readable stays readable at its own path, so that configuration that was written outside
means the same inside.
"""

import argparse
import ctypes
import os
import sys
from pathlib import Path

from roadstead.host import kernel

USER_ID = 64_747
"""Nobody's: between those that Debian gives out and those of systemd's dynamic users."""
NET_BIND_SERVICE = 10
SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime")
DEVICES = ("/dev/null", "/dev/urandom")
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT = 1, 2, 4, 32
PR_SET_KEEPCAPS, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 8, 24, 38, 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITIES_VERSION = 0x20080522
LAST_CAPABILITY = Path("/proc/sys/kernel/cap_last_cap")

_libc = ctypes.CDLL(None, use_errno=True)


def command(program: Path, readable: Path, words: tuple[str, ...]) -> tuple[str, ...]:
    """The command line that starts `program` so, with `readable` as the directory it works in."""
    return (
        *(sys.executable, "-m", "roadstead.host.confinement"),
        *("--directory", str(readable), str(program), "--", *words),
    )


def main() -> None:
    """Become the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("program", type=Path)
    parser.add_argument("words", nargs="*")
    told = parser.parse_args()
    last = int(LAST_CAPABILITY.read_text())
    _change_root(told.program, told.directory)
    _become_user(last)
    os.execv(told.program, [str(told.program), *told.words])  # noqa: S606  # what it is for


def _change_root(program: Path, directory: Path) -> None:
    """A root of this process alone, made of parts of the real one."""
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", "none", kernel.MS_REC | kernel.MS_PRIVATE)
    # On a directory that is there everywhere, and that nobody needs in here.
    root = Path("/mnt") if Path("/mnt").is_dir() else Path("/tmp")  # noqa: S108  # only in here
    inside = os.open(directory, os.O_PATH | os.O_CLOEXEC)
    binary = os.open(program, os.O_PATH | os.O_CLOEXEC)
    kernel.mount("tmpfs", str(root), "tmpfs", MS_NOSUID, "size=1m,mode=755")
    for each in SYSTEM:
        source = Path(each)
        if source.is_symlink():
            _place(root, source).symlink_to(os.readlink(source))
        elif source.exists():
            _bind(each, _place(root, source), is_directory=source.is_dir(), flags=MS_RDONLY)
    for each in DEVICES:
        _bind(each, _place(root, Path(each)), is_directory=False, flags=0)
    _bind(f"/proc/self/fd/{binary}", _place(root, program), is_directory=False, flags=MS_RDONLY)
    _bind(f"/proc/self/fd/{inside}", _place(root, directory), is_directory=True, flags=MS_NODEV)
    for descriptor in (inside, binary):
        os.close(descriptor)
    os.chroot(root)
    os.chdir("/")


def _place(root: Path, path: Path) -> Path:
    """Where `path` will be, with what leads there."""
    found = root / path.relative_to("/")
    found.parent.mkdir(parents=True, exist_ok=True)
    return found


def _bind(source: str, target: Path, *, is_directory: bool, flags: int) -> None:
    if is_directory:
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    kernel.mount(source, str(target), "none", kernel.MS_BIND | kernel.MS_REC * is_directory)
    if flags:
        kernel.mount("none", str(target), "none", kernel.MS_BIND | MS_REMOUNT | MS_NOSUID | flags)


def _become_user(last_capability: int) -> None:
    for number in range(last_capability + 1):
        if number != NET_BIND_SERVICE:
            _prctl(PR_CAPBSET_DROP, number)
    _prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(USER_ID, USER_ID, USER_ID)
    os.setresuid(USER_ID, USER_ID, USER_ID)
    bit = 1 << NET_BIND_SERVICE
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0)
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if _libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset: " + os.strerror(ctypes.get_errno()))
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, NET_BIND_SERVICE)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)


def _prctl(option: int, first: int, second: int = 0) -> None:
    if _libc.prctl(option, first, second, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option}: {os.strerror(number)}")


if __name__ == "__main__":
    main()

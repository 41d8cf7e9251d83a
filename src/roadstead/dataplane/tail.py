"""Tail: the lines that a file gets, whole ones, as they come."""

import os
from pathlib import Path

READ_BYTES_MAX = 1024 * 1024


class Tail:
    """Reads on where it stopped; a file that was emptied or replaced is read from its beginning."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode = 0
        self._position = 0
        self._rest = b""

    def skip(self) -> None:
        """Only what comes from now on counts."""
        try:
            about = os.stat(self._path, follow_symlinks=False)
        except FileNotFoundError:
            return
        self._inode, self._position, self._rest = about.st_ino, about.st_size, b""

    def lines(self) -> list[bytes]:
        """Those that are new; at most a megabyte of them."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return []
        try:
            about = os.fstat(descriptor)
            if about.st_ino != self._inode or about.st_size < self._position:
                self._inode, self._position, self._rest = about.st_ino, 0, b""
            if about.st_size == self._position:
                return []
            content = os.pread(descriptor, READ_BYTES_MAX, self._position)
        finally:
            os.close(descriptor)
        self._position += len(content)
        *whole, self._rest = (self._rest + content).split(b"\n")
        return whole

"""How the programs write their logs: one record, one line, whatever a stranger made it say.

Records quote what came over the wire. A line break in it must not look like a record of ours, and a
terminal that shows the log must not obey it. Tracebacks keep their lines.
"""

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_ESCAPED = {
    code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\t"
} | {code: f"\\u{code:04x}" for code in (0x2028, 0x2029)}


class LineFormatter(logging.Formatter):
    """Formats a record so that its message is one line without control characters."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # logging's name
        return super().formatMessage(record).translate(_ESCAPED)


def log_to_standard_error(level: int | str) -> None:
    """Write all of this program's records of at least `level` to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])

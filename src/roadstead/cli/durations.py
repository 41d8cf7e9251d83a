"""Spans of time as users write them: `30s`, `10m`, `2h`, `1d`."""

from roadstead.settings import SettingError

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DIGITS_MAX = 7


def seconds_of(text: str, purpose: str) -> int:
    """The seconds that `text` says; a bare number is seconds. `purpose`: to do what.

    Raises: SettingError
    """
    number, unit = (text, "s") if text[-1:].isdigit() else (text[:-1], text[-1:])
    is_number = number.isascii() and number.isdigit() and len(number) <= _DIGITS_MAX
    if unit not in _SECONDS or not is_number:
        raise SettingError(f"'{text}' is no time {purpose}.", "Say it as 30s, 10m, 2h or 1d.")
    return int(number) * _SECONDS[unit]

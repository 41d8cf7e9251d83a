"""Spans of time as people say them."""


def span(seconds: float) -> str:
    """`55 s`, `3 min 20 s`, `2 h 5 min`, `12 days`; never less than nothing."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    if whole < 172_800:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400} days"

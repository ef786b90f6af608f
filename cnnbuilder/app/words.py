"""Figures as a person reads them."""


def bytes_words(count: int) -> str:
    """`18.4 KB`, `0.42 MB`: decimal units, two or three figures."""
    if count < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("KB", "MB", "GB", "TB"):
        value /= 1000
        if value < 1000 or unit == "TB":
            break
    return f"{value:.2f} {unit}" if value < 1 else f"{value:.1f} {unit}"


def seconds_words(seconds: float) -> str:
    """`0.03 ms`, `12 ms`, `1.4 s`."""
    if seconds < 0.01:
        return f"{seconds * 1000:.2f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"

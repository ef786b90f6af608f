"""Figures as a person reads them, and names as they were written."""

from html import escape


def literal(text: str) -> str:
    """`text` for a tooltip that shows it as it is: Qt takes what looks like HTML for it."""
    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>" if "<" in text else text


def unmarked(text: str) -> str:
    """`text` for a button or a menu, where a single & would underline the letter behind it."""
    return text.replace("&", "&&")


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

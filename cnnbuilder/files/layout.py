"""A design as readable JSON: one line a block, a link, a place on the canvas."""

import json
from typing import Any

_LISTED = ("blocks", "links", "layout")


def to_json(data: dict[str, Any]) -> bytes:
    """The UTF-8 bytes of a design's dictionary; the same dictionary gives the same bytes."""
    entries = [f" {_line(key)}: {_listed(value) if key in _LISTED else _line(value)}" for key, value in data.items()]
    text = "{\n" + ",\n".join(entries) + "\n}\n"
    return text.encode("utf-8", "backslashreplace")  # half of a surrogate pair becomes its JSON escape


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _listed(value: Any) -> str:
    if not value:
        return _line(value)
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"  {_line(key)}: {_line(item)}" for key, item in value.items()) + "\n }"
    return "[\n" + ",\n".join(f"  {_line(item)}" for item in value) + "\n ]"

"""Write the sample designs, byte for byte the same on every run.

    python tools/make_samples.py            write samples/*.json
    python tools/make_samples.py --check    only compare; exit 1 where a file differs

Parameters that are left out of a design take their defaults, and a design without links is a chain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from sample_designs import DESIGNS

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def to_text(design: dict[str, Any]) -> str:
    """JSON with one block, one link and one card's place a line."""
    lines = []
    for key, value in design.items():
        if key in ("blocks", "links"):
            rows = ",\n  ".join(map(compact, value))
            text = f"[\n  {rows}\n ]"
        elif key == "layout":
            rows = ",\n  ".join(f"{compact(id)}: {compact(place)}" for id, place in value.items())
            text = f"{{\n  {rows}\n }}"
        else:
            text = compact(value)
        lines.append(f" {compact(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with what is there, write nothing")
    check = parser.parse_args().check
    different = []
    for name, make in DESIGNS.items():
        path, text = SAMPLES / f"{name}.json", to_text(make()).encode()
        if check and (not path.exists() or path.read_bytes() != text):
            different.append(path.name)
        elif not check:
            path.write_bytes(text)
    if different:
        print("differs from what tools/make_samples.py makes:", ", ".join(different))
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())

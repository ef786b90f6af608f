"""The desktop program. `main` starts it; nothing below imports Qt before."""


def main(path: str | None = None) -> int:
    """Open the window on a design file (or the welcome design) and run until it is closed; the exit status."""
    from cnnbuilder.app.program import run

    return run(path)

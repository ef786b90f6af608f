"""`python -m cnnbuilder` is the `cnnbuilder` command."""

import sys

from cnnbuilder.cli import main

if __name__ == "__main__":
    sys.exit(main())

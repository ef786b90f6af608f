"""Where cards lie: in layers along the links, long chains wrapped into rows, branches in lanes beside one another."""

from cnnbuilder.design.layout.arrange import COLUMN, ROW, Place, arranged
from cnnbuilder.design.layout.keep import beside, completed, followed, inserted

__all__ = ["COLUMN", "ROW", "Place", "arranged", "beside", "completed", "followed", "inserted"]

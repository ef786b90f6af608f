"""The small vocabulary that every layer is made of, as values with their index maps."""

from cnnbuilder.operations.base import Index, Operation, Read
from cnnbuilder.operations.correlate import Correlate
from cnnbuilder.operations.drop import Drop
from cnnbuilder.operations.gather import Gather
from cnnbuilder.operations.local_normalise import LocalNormalise
from cnnbuilder.operations.map import FUNCTIONS, Map
from cnnbuilder.operations.merge import Merge
from cnnbuilder.operations.normalise import Normalise
from cnnbuilder.operations.product import Product
from cnnbuilder.operations.rectify import Rectify
from cnnbuilder.operations.reduce import Reduce
from cnnbuilder.operations.sliding import Sliding
from cnnbuilder.operations.softmax import Softmax
from cnnbuilder.operations.transposed import Transposed
from cnnbuilder.operations.untied import Untied
from cnnbuilder.operations.view import View

__all__ = [
    "FUNCTIONS",
    "Correlate",
    "Drop",
    "Gather",
    "Index",
    "LocalNormalise",
    "Map",
    "Merge",
    "Normalise",
    "Operation",
    "Product",
    "Read",
    "Rectify",
    "Reduce",
    "Sliding",
    "Softmax",
    "Transposed",
    "Untied",
    "View",
]

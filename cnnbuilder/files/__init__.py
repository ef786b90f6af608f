"""Files: designs with their weights and pictures, and the pictures that a network looks at.

numpy and Pillow are imported when a function first needs them; a design without weights needs neither.
"""

from cnnbuilder.files.designs import load, load_picture_bytes, load_weights, save

__all__ = ["load", "load_picture_bytes", "load_weights", "save"]

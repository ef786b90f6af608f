"""Files: designs, their weights and pictures. Heavy libraries are imported when first needed."""

from cnnbuilder.files.designs import load, save

__all__ = ["load", "save"]

"""The canvas: cards and links on a dotted ground."""

"""Which parts of the picture a number rests on."""

"""One number explained: the view, and what it is made of."""

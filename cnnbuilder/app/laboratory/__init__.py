"""The laboratory: the statements of the lecture notes as experiments, each an ordinary design beside a text."""

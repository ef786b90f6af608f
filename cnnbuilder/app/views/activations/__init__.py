"""What the outputs of all blocks are like, and which of their maps do nothing."""

"""The engine: weights, plans, runs and gradients of a checked design."""

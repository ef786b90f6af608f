"""What the user draws: pure Python, without numpy, numba or Qt."""

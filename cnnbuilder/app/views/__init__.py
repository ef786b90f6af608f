"""The views of a network, docks below the canvas. Each follows the session and the runner; none knows another."""

"""The tabs below the canvas. Each follows the session and the runner by itself; none knows another."""

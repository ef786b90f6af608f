"""The views, as docks below the canvas or wherever they are taken. Each follows the session and the runner by itself; none knows another."""

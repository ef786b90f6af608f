"""The view of connections: which unit reads which, and which of them share a weight."""

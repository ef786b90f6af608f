"""What is behind a value: from index maps, without running anything."""

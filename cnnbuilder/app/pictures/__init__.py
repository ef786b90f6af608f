"""Pictures in the window: opening, browsing, pasting and drawing them, and what the network sees of them."""

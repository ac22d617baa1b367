"""Key points that other tools wrote."""

"""Red packets: shares, grabs, money, time."""

"""Who works here, and whether it is really them."""

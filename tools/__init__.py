"""Tools that only build: the recorded prompts. The server loads none of them."""

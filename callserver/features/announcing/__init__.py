"""The shop's announcer: prompts recorded over the telephone."""

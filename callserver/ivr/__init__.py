"""Menus: what a menu is, the runner, prompts, spoken numbers."""

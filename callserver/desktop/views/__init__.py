"""The screens of the agents' window: PySide6 widgets that decide nothing."""

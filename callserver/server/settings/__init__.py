"""The settings of config.ini at a supervisor's own program: shown with their meaning, checked, saved, taken over."""

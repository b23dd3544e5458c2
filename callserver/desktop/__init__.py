"""The agents' program and the library it stands on."""

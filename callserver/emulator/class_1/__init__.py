"""The emulated modem's fax, as ITU-T T.31 has it (Class 1 and 1.0)."""

"""Puts one shop together: twistd's options, assembly, ordered start and stop, first start."""

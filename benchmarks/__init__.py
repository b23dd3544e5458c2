"""Measurements: each prints a table and writes JSON under results/."""

import callserver  # noqa: F401  # before numpy: it sets the number of BLAS threads

import callserver  # noqa: F401  # before numpy: it sets the number of BLAS threads

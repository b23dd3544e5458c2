from hypothesis import settings

import callserver  # noqa: F401  # before numpy: it sets the number of BLAS threads

settings.register_profile("callserver", deadline=None)  # the tests' machine may be busy
settings.load_profile("callserver")

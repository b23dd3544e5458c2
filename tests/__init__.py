import os

os.environ["CALLSERVER_LANGUAGE"] = "en"  # wherever the tests run; those about languages say which

import callserver  # noqa: F401, I001 - before numpy: it sets the number of BLAS threads
from hypothesis import settings

settings.register_profile("callserver", deadline=None)  # the tests' machine may be busy
settings.load_profile("callserver")

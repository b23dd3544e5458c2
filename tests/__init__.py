import os

os.environ["CALLSERVER_LANGUAGE"] = "en"  # wherever the tests run; those about languages say which

import callserver  # noqa: F401, I001 - before numpy: it sets the number of BLAS threads
from hypothesis import settings

# The machine may be busy; and what passes once passes always: HYPOTHESIS_SEARCH=1 tries other examples each time.
settings.register_profile("callserver", deadline=None, derandomize="HYPOTHESIS_SEARCH" not in os.environ)
settings.load_profile("callserver")

"""A call-centre telephone server for a shop."""

import os

# Read when numpy is first imported. A tick's product takes 25 µs on one core; spread over two busy ones, whose threads
# wait for each other, it took 16 ms.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

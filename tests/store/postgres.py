"""A PostgreSQL server of the tests' own: on loopback, in a folder of its own, for the life of the test process."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from glob import glob
from itertools import count
from pathlib import Path
from typing import Any

STOP_S = 60
_n_databases = count()


def missing() -> str | None:
    """Why these tests cannot run here; where CI is set they must."""
    if os.environ.get("CI"):
        return None
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "needs psycopg: pip install 'psycopg[binary]'"
    return None if _program("initdb") else "needs PostgreSQL: apt install postgresql"


def new_database() -> str:
    """The URL of an empty database."""
    port = _server()
    name = f"shop{next(_n_databases)}"
    import psycopg

    with psycopg.connect(f"postgresql://shop@127.0.0.1:{port}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://shop@127.0.0.1:{port}/{name}"


def _program(name: str) -> str | None:
    return shutil.which(name) or next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)


# ends with the test process, also when that is killed: the pipe to its standard input closes
SERVE = """
"$1" -D data -U shop -A trust -E UTF8 --no-sync >log 2>&1 &&
"$2" -D data -w -l log -o "-p $3 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$PWD" start >>log 2>&1 ||
{ tail log; rm -rf "$PWD"; exit 1; }
echo ready
read end
"$2" -D data -m immediate stop >>log 2>&1
rm -rf "$PWD"
"""


@cache
def _server() -> int:
    """Start it; PostgreSQL refuses to run as root, so root lends it the user that Debian's package made."""
    folder = Path(tempfile.mkdtemp(prefix="callserver-postgres-"))
    identity: dict[str, Any] = {"start_new_session": True}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        identity |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    port = _free_port()
    programs = [_program(name) or name for name in ("initdb", "pg_ctl")]
    command = ["sh", "-c", SERVE, "postgres-for-tests", *programs, str(port)]
    server = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **identity)
    assert server.stdin is not None
    assert server.stdout is not None
    atexit.register(_stop, server)
    if (said := server.stdout.readline()) != "ready\n":
        raise RuntimeError(f"PostgreSQL did not start: {said}{server.stdout.read()}")
    return port


def _stop(server: "subprocess.Popen[str]") -> None:
    server.communicate(timeout=STOP_S)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])

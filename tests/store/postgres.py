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

START_S = 60
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


@cache
def _server() -> int:
    """Start it; PostgreSQL refuses to run as root, so root lends it the user that Debian's package made."""
    folder = Path(tempfile.mkdtemp(prefix="callserver-postgres-"))
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    port = _free_port()
    run = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **identity}
    data = folder / "data"
    initdb = [_program("initdb") or "initdb", "-D", data, "-U", "shop", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, timeout=START_S, **run)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    control = [_program("pg_ctl") or "pg_ctl", "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "start"], check=True, timeout=START_S, **run)
    atexit.register(_stop, [*control, "-m", "immediate", "stop"], run, folder)
    return port


def _stop(command: list[object], run: dict[str, object], folder: Path) -> None:
    subprocess.run(command, timeout=START_S, **run)  # type: ignore[call-overload]
    shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])

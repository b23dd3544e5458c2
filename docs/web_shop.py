"""
A web shop's side of callserver's interface: an example to take along, with nothing but Python's standard library.

    python web_shop.py order --product 1001 --quantity 2 --member 600001
    python web_shop.py sync            once; a cron job does it every minute
    python web_shop.py listen --port 9000 --secret SECRET

It keeps two things in a folder of its own: the orders of its customers that callserver has not confirmed yet
(`outbox.jsonl`), and how far it knows callserver's changes (`state.json`). So either side may be down for an hour:
`sync` sends what waits and asks for what has happened, however much that is. An order whose answer was lost is sent
again under the same id, and is one order.

The key: SHOP_KEY in the environment. Where callserver is: SHOP_URL; its certificate, if it is not on this
computer: SHOP_CERTIFICATE, a copy of agents.certificate.pem.
"""

from __future__ import annotations

import argparse
import hmac
import json
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

URL = os.environ.get("SHOP_URL", "http://127.0.0.1:8788")
FRESH_S = 300  # older messages may have been recorded by somebody
Ask = Callable[[str, str, "dict[str, Any] | None"], "tuple[int, dict[str, Any]]"]
"""Method, path and body of a request -> status and body of its answer; OSError: no answer."""


def ask(method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    """One request to callserver."""
    octets = None if body is None else json.dumps(body).encode()
    if "SHOP_KEY" not in os.environ:
        raise OSError("SHOP_KEY is not set: export SHOP_KEY=cs_... (made by callserver interface keys add)")
    headers = {"Authorization": f"Bearer {os.environ['SHOP_KEY']}", "Content-Type": "application/json"}
    request = urllib.request.Request(URL + path, octets, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20, context=encryption()) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def encryption() -> ssl.SSLContext | None:
    """That very certificate is trusted, and no other: so it does not matter which name the server has here."""
    certificate = os.environ.get("SHOP_CERTIFICATE")
    if not certificate:
        return None
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    return context


class WebShop:
    """What has been sold here and is not confirmed; what is known of callserver's orders."""

    def __init__(self, folder: Path, ask: Ask = ask) -> None:
        self._outbox, self._state, self._ask = folder / "outbox.jsonl", folder / "state.json", ask
        folder.mkdir(parents=True, exist_ok=True)
        known = json.loads(self._state.read_text("utf-8")) if self._state.exists() else {}
        self.after: int = known.get("after", 0)
        self.orders: dict[str, str] = known.get("orders", {})  # number -> state
        self.refused: dict[str, str] = known.get("refused", {})  # external id -> why
        self.outbox: list[dict[str, Any]] = []
        if self._outbox.exists():
            self.outbox = [json.loads(line) for line in self._outbox.read_text("utf-8").splitlines()]

    def sell(self, product: str, quantity: int, member_number: str) -> str:
        """A customer buys: on disk before he is told so; sent by `sync`."""
        order = {
            "external_id": f"web-{uuid.uuid4()}",
            "member_number": member_number,
            "payment": "on delivery",
            "lines": [{"product": product, "quantity": quantity}],
        }
        self.outbox.append(order)
        self._keep()
        return str(order["external_id"])

    def sync(self) -> None:
        """
        Send what waits, then ask for what has happened.

        :raises OSError: callserver does not answer; the next time goes on where this one ended
        """
        self._send()
        self._learn()

    def _send(self) -> None:
        for order in tuple(self.outbox):
            status, answer = self._ask("POST", "/v1/orders", order)
            if status in (429, 503):
                raise OSError(f"callserver is busy: {status}")
            if status == 200:
                self.orders.setdefault(answer["number"], answer["state"])
            elif status in (400, 409):  # it will not be otherwise the next time: a person has to see to it
                self.refused[order["external_id"]] = answer["error"]["code"]
            else:
                raise OSError(f"callserver does not let us: {status} {answer['error']['message']}")
            self.outbox.remove(order)
            self._keep()

    def _learn(self) -> None:
        more = True
        while more:
            status, page = self._ask("GET", f"/v1/changes?after={self.after}&limit=100", None)
            if status == 409:  # its books were restored from a backup, and are not as far as we are
                self.after = 0
                continue
            if status != 200:
                raise OSError(f"callserver does not tell changes: {status}")
            for change in page["changes"]:
                if change["kind"] == "order":
                    self.orders[change["number"]] = change["state"]
            self.after, more = page["after"], page["more"]
            self._keep()  # changes and how far they are known are one file: neither without the other

    def _keep(self) -> None:
        state = {"after": self.after, "orders": self.orders, "refused": self.refused}
        write(self._state, json.dumps(state))
        write(self._outbox, "".join(json.dumps(order) + "\n" for order in self.outbox))


def write(path: Path, text: str) -> None:
    """All of it or nothing, whenever the power fails."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def is_from_callserver(secret: str, header: str, body: bytes, now: float) -> bool:
    """Whether a message is signed with our secret, and new."""
    form = re.fullmatch(r"t=(\d{1,12}),v1=([0-9a-f]{64})", header, re.ASCII)
    if form is None:
        return False
    expected = hmac.new(secret.encode(), form[1].encode() + b"." + body, "sha256").hexdigest()
    return hmac.compare_digest(expected, form[2]) and abs(now - int(form[1])) <= FRESH_S


def listen(shop: WebShop, port: int, secret: str) -> None:
    """Messages of changes wake us: what has happened is asked for, so a message that is lost costs nothing."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 100_000))
            good = is_from_callserver(secret, self.headers.get("Callserver-Signature", ""), body, time.time())
            self.send_response(204 if good else 401)
            self.end_headers()
            if good and json.loads(body)["sequence"] > shop.after:
                try:
                    shop.sync()
                except OSError as problem:
                    print(problem, file=sys.stderr)

    HTTPServer(("127.0.0.1", port), Receiver).serve_forever()


def pieces(typed: str) -> int:
    """A customer is told at once what no order can have, and not after the next `sync`."""
    if not typed.isdecimal() or not int(typed):
        raise argparse.ArgumentTypeError(f"{typed}: needs a whole number from 1 on")
    return int(typed)


def main() -> None:
    """The commands above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("web-shop"))
    commands = parser.add_subparsers(dest="command", required=True)
    order = commands.add_parser("order")
    for name, kind in (("--product", str), ("--quantity", pieces), ("--member", str)):
        order.add_argument(name, type=kind, required=True)
    commands.add_parser("sync")
    listening = commands.add_parser("listen")
    listening.add_argument("--port", type=int, default=9000)
    listening.add_argument("--secret", required=True)
    given = parser.parse_args()
    shop = WebShop(given.folder)
    if given.command == "order":
        print(shop.sell(given.product, given.quantity, given.member))
    elif given.command == "sync":
        shop.sync()
        print(json.dumps({"after": shop.after, "waiting": len(shop.outbox), "refused": shop.refused}))
    else:
        listen(shop, given.port, given.secret)


if __name__ == "__main__":
    try:
        main()
    except OSError as problem:
        sys.exit(str(problem))

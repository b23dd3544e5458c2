"""What all commands of an agent's program stand on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from twisted.internet.defer import Deferred


class Asking(ABC):
    """Commands fail with Refused (what the server says) or NotConnected; `call_id` is as in `AgentClient`."""

    @abstractmethod
    def ask(self, act: str, *args: object, call_id: str = "") -> Deferred[Any]:
        """
        An act by its name, as a feature has declared it; fires with its answer.

        :param call_id: as in `AgentClient`
        """

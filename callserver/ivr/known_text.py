"""Texts known before any call that are said in calls: names of goods, titles of documents, sentences of menus."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownText:
    """
    One of them in one language.

    :param name: of its prompt, by which it can be recorded: "goods.1001", "document.12", "front.main"
    """

    name: str
    language: str
    text: str

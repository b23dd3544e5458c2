"""What the program without a window prints, in Chinese and English."""

from callserver.wire.messages import Card
from callserver.wire.words import cause_text

PHRASES = {
    "logged in": ("已登录：{name}（{number}）", "logged in: {name} ({number})"),
    "logged out": ("已注销：{cause}", "logged out: {cause}"),
    "rings": ("来电振铃：", "a call rings:"),
    "offer gone": ("振铃停止：{cause}", "it rings no more: {cause}"),
    "talking": ("通话开始", "talking"),
    "hold": ("保持", "hold"),
    "retrieve": ("取回", "retrieve"),
    "hang up": ("挂机", "hang up"),
    "ended": ("通话结束：{cause}", "the call is over: {cause}"),
    "lost": ("连接中断，正在重试：{cause}", "no connection, trying again: {cause}"),
}

LINES = {
    "caller": ("来电号码 {number} {name}", "caller {number} {name}"),
    "withheld": ("未显示", "withheld"),
    "customer": ("客户 {number} {name}（{proof}）", "customer {number} {name} ({proof})"),
    "proved": ("已验证", "proved"),
    "claimed": ("未验证", "only claimed"),
    "unknown": ("客户未知", "no known customer"),
    "queue": ("队列 {queue}，已等待 {waited} 秒", "queue {queue}, waited {waited} s"),
    "path": ("经过 {path}", "came by {path}"),
    "basket": ("购物篮 {quantity} × {name}（{item}），单价 {price}", "basket {quantity} × {name} ({item}) at {price}"),
    "empty": ("购物篮为空", "basket empty"),
    "order": ("订单 {number}，{placed}，{state}，{total}", "order {number} of {placed}, {state}, {total}"),
}


def phrase(what: str, language: str, **details: object) -> str:
    """One line about what happens."""
    if "cause" in details:
        details["cause"] = cause_text(str(details["cause"]), language)
    return printable(PHRASES[what][0 if language == "zh" else 1].format(**details))


def card_lines(card: Card, language: str) -> list[str]:
    """What an agent should know of a caller before he answers."""

    def line(what: str, **details: object) -> str:
        return printable(LINES[what][0 if language == "zh" else 1].format(**details))

    lines = [line("caller", number=card.caller_number or line("withheld"), name=card.caller_name or "").rstrip()]
    if card.customer is None:
        lines.append(line("unknown"))
    else:
        proof = line("proved" if card.customer.proved else "claimed")
        lines.append(line("customer", number=card.customer.number, name=card.customer.name, proof=proof))
    if card.queue is not None:
        lines.append(line("queue", queue=card.queue, waited=card.waited_s))
    if card.path:
        lines.append(line("path", path=" > ".join(card.path)))
    lines += [
        line("basket", quantity=b.quantity, name=b.name, item=b.item, price=yuan(b.price_fen)) for b in card.basket
    ] or [line("empty")]
    lines += [
        line("order", number=o.number, placed=o.placed, state=o.state, total=yuan(o.total_fen)) for o in card.orders
    ]
    return lines


def yuan(fen: int) -> str:
    """An amount of money, from integer fen."""
    return f"¥{fen // 100}.{fen % 100:02d}"


def printable(text: str) -> str:
    """For a terminal: a caller's name must not move its cursor."""
    return "".join(character if character.isprintable() else "?" for character in text)

"""The manners of every menu: repeat on silence, explain on a wrong key, and a person when it does not work out."""

from collections.abc import Iterator

from callserver.ivr import spoken
from callserver.ivr.interfaces import ICall, Prompt

TRIES, ROUNDS = 3, 10
DIGITS_MAX = 30  # longer than any number; what is longer than a question allows is said, not cut
TELEPHONE_DIGITS = range(7, 16)  # E.164 has 15 at most
PERSON_KEY, REPEAT_KEY, END_KEY = "0", "*", "#"


class WantsPerson(Exception):
    """The caller asked for a person, or needs one; the runner hands him to the queue."""


def rounds() -> Iterator[int]:
    """
    The rounds a caller may make in one menu: `for _ in rounds():`.

    :raises WantsPerson: after the tenth
    """
    yield from range(ROUNDS)
    raise WantsPerson("too many rounds")


async def choose(call: ICall, *prompts: Prompt, keys: str) -> str:
    """
    Ask for one key of `keys`.

    Silence or a wrong key repeats the question, the third one goes to a person; so does 0. * repeats at no charge. A #
    after the key belongs to it.

    :raises WantsPerson:
    """
    failures = 0
    for _ in rounds():
        key = await call.collect(*prompts, max_digits=1, end_key=None if END_KEY in keys else END_KEY)
        if key and key in keys:
            return key
        if key == PERSON_KEY:
            raise WantsPerson("key 0")
        if key != REPEAT_KEY:
            failures += 1
            await _complain(call, key, failures)
    raise AssertionError  # rounds() never ends


async def ask_number(
    call: ICall, *prompts: Prompt, max_digits: int, optional: bool = False, other_key: str = ""
) -> str:
    """
    Ask for a number, ended by #.

    A lone 0 asks for a person, a lone * repeats the question; silence counts as in `choose`. More than `max_digits` are
    told to be too many.

    :param optional: silence or a lone # is an answer too: ""
    :param other_key: alone, it is an answer too, also where it would repeat the question
    :return: one to `max_digits` digits
    :raises WantsPerson:
    """
    failures = 0
    for _ in rounds():
        digits = await call.collect(
            *prompts, max_digits=DIGITS_MAX, end_key=END_KEY, first_timeout_s=8.0, full_digits=max_digits
        )
        if digits == PERSON_KEY:
            raise WantsPerson("key 0")
        if digits.isdecimal() and len(digits) <= max_digits:
            return digits
        if (optional and not digits) or (other_key and digits == other_key):
            return digits
        if digits != REPEAT_KEY:
            failures += 1
            await _complain(call, digits, failures)
    raise AssertionError  # rounds() never ends


async def ask_secret(call: ICall, *prompts: Prompt, max_digits: int) -> str:
    """
    Ask for what nobody may learn, ended by #: a PIN, the number of an account.

    Silence, * and a lone 0 are as in `ask_number`. What is no number of so many digits is no secret, and is returned as
    it was typed: whoever judges it says no more than that it is wrong.

    :raises WantsPerson:
    """
    failures = 0
    for _ in rounds():
        secret = await call.collect_secret(*prompts, max_digits=max_digits)
        if secret == PERSON_KEY:
            raise WantsPerson("key 0")
        if secret and secret != REPEAT_KEY:
            return secret
        if not secret:
            failures += 1
            await _complain(call, secret, failures)
    raise AssertionError  # rounds() never ends


async def ask_telephone(call: ICall) -> str:
    """
    Ask for a telephone number, and whether it is right.

    :return: 7 to 15 digits
    :raises WantsPerson:
    """
    failures = 0
    for _ in rounds():
        number = await ask_number(call, "enter-your-number", max_digits=TELEPHONE_DIGITS[-1])
        if len(number) in TELEPHONE_DIGITS:
            said = spoken.telephone(call.language, number)
            if await choose(call, "your-number-is", *said, "number-right-or-again", keys="12") == "1":
                return number
            continue
        failures += 1
        call.forget_keys()
        if failures == TRIES:
            raise WantsPerson("no number")
        await call.play("number-not-valid")
    raise AssertionError  # rounds() never ends


async def _complain(call: ICall, keys: str, failures: int) -> None:
    """What was typed ahead answered a question that is now asked again."""
    call.forget_keys()
    if failures == TRIES:
        raise WantsPerson("no input" if not keys else "wrong keys")
    wrong = "too-many-digits" if keys.isdecimal() and len(keys) > 1 else "not-understood"
    await call.play(wrong if keys else "no-input")

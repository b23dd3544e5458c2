"""The manners of every menu: repeat on silence, explain on a wrong key, and a person when it does not work out."""

from callserver.ivr.interfaces import ICall, Prompt

TRIES = 3
PERSON_KEY, REPEAT_KEY = "0", "*"


class WantsPerson(Exception):
    """The caller asked for a person, or needs one; the runner hands him to the queue."""


async def choose(call: ICall, *prompts: Prompt, keys: str) -> str:
    """
    Ask for one key of `keys`.

    Silence or a wrong key repeats the question, the third one goes to a person; so does 0. * repeats at no charge.

    :raises WantsPerson:
    """
    failures = 0
    while True:
        key = await call.collect(*prompts, max_digits=1, end_key=None)
        if key and key in keys:
            return key
        if key == PERSON_KEY:
            raise WantsPerson("key 0")
        if key != REPEAT_KEY:
            failures += 1
            await _complain(call, key, failures)


async def ask_number(call: ICall, *prompts: Prompt, max_digits: int) -> str:
    """
    Ask for a number, ended by #.

    A lone 0 asks for a person, a lone * repeats the question; silence counts as in `choose`.

    :return: one to `max_digits` digits
    :raises WantsPerson:
    """
    failures = 0
    while True:
        digits = await call.collect(*prompts, max_digits=max_digits, end_key="#", first_timeout_s=8.0)
        if digits == PERSON_KEY:
            raise WantsPerson("key 0")
        if digits.isdecimal():
            return digits
        if digits != REPEAT_KEY:
            failures += 1
            await _complain(call, digits, failures)


async def _complain(call: ICall, keys: str, failures: int) -> None:
    if failures == TRIES:
        raise WantsPerson("no input" if not keys else "wrong keys")
    await call.play("not-understood" if keys else "no-input")

"""
A menu tried without a telephone: the same coroutine as in a call, on virtual time, in a millisecond.

`keys` is what the caller does, `call` an ICall that writes down what happens, `run` brings a menu to its end. A menu in
a file and one in Python are the same here; what a call may stay in for ever ends it here too.
"""

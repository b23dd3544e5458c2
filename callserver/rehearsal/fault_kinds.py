"""What can go wrong in a rehearsal, by the words of its script."""

FAULTS = {
    "deaf": "a modem takes everything and answers nothing",
    "unplugged": "a modem's cable is pulled and put back",
    "babble": "a modem says bytes that no modem should say",
    "locked": "another program holds the database",
    "statement": "a statement of the database fails",
    "disk-full": "there is no room for recordings",
    "frozen": "an agent's program stands still",
    "killed": "an agent's program dies and is started again",
    "cut": "the network to an agent is cut and mended",
    "late": "the server's program stands still for a moment",
    "clock": "the wall clock is set forward or back",
    "any": "each of the others as often",
}

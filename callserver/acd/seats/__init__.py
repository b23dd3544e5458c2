"""The places of agents: what they do, which calls they have, how they dial and consult."""

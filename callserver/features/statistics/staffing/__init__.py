"""How many agents an hour would want: by Erlang's formula, and by a day of before played again with so many."""

"""Reports as pictures and on paper, by matplotlib (the extra `reports`); only ever imported where one is drawn."""

"""Call-progress tones of each country's exchanges, heard and named."""

"""The shop's books as sheets: read from CSV and XLSX, checked row by row, written for people's own programs."""

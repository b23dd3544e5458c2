"""Sheets of rows and columns that people keep in files: CSV and XLSX, read and written."""

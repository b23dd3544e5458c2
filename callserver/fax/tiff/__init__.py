"""TIFF-F (RFC 2306): the files in which faxes are kept."""

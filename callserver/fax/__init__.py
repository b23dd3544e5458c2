"""Facsimile: pages, their codes, the T.30 procedure and the modems of a fax machine. Samples, frames in; events out."""

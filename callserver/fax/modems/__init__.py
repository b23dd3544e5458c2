"""The modems of a Group 3 fax machine over sound: 8 kHz, float32, full scale 1.0, in blocks."""

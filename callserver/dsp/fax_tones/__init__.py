"""The voices of fax machines."""

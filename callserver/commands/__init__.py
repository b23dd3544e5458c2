"""The commands of bin/callserver, a file each."""

"""Line and call machines, the board of live states, the event vocabulary."""

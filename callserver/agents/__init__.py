"""The agent channel: Perspective Broker over TLS, one perspective a person."""

"""The shop's interface for other programs (a web shop, a warehouse): HTTP and JSON, out by poll and by webhooks."""

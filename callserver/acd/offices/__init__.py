"""The nearest office: who is told of a caller's fault, and how he is connected there (call-centre.md section 11)."""

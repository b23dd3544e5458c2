"""What happened, counted: every figure is a function of the event log (call-centre.md section 9)."""

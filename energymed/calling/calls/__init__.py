"""Recording a call or another exchange, what it does, and its correction."""

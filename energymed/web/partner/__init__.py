"""The partner's desk: overview, deliveries and deposits."""

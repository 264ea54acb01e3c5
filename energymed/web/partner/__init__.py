"""The partner's desk: overview and deliveries."""

"""The front desk: the only room that speaks to Temporal's client."""

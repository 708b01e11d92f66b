"""Tenants and the hosts who work for them, found by every reading of their names."""

"""Measurements that are run by hand; each prints the table that a README quotes."""

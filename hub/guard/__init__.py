"""What may reach the outside: egress policy, the ledger's writer, sealing, and the host of worker processes."""

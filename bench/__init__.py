"""The benchmark: scenarios, the load on the wire, and the floor that they are compared with."""

"""What the test cloud puts in the place of hypervisor, network agents and web server."""

"""nova-compute with our hypervisor: nova takes drivers from its own package only, so ours is shown to it as one of those."""

import sys

# First of all: it prepares Python for nova's way of doing things at once.
from nova.cmd import compute

from multinode_cloud import hypervisor

if __name__ == "__main__":
    sys.modules["nova.virt.lab"] = hypervisor
    compute.main()

"""nova's fake hypervisor, which tells the fixture what to run: one file for each guest, in the folder of the
environment variable MULTINODE_CLOUD_GUESTS. The fixture boots a lab node for it and writes the console log beside it.
"""

import base64
import json
import os

from nova.virt import fake

FOLDER = "MULTINODE_CLOUD_GUESTS"
SHOWN_CONSOLE = 100 * 1024


def path_of(instance, kind):
    return os.path.join(os.environ[FOLDER], f"{instance.uuid}.{kind}")


def interface_of(vif):
    network = vif["network"]
    return {
        "mtu": (network["meta"] or {}).get("mtu"),
        "addresses": [
            {"address": ip["address"], "range": subnet["cidr"], "gateway": (subnet["gateway"] or {}).get("address")}
            for subnet in network["subnets"]
            for ip in subnet["ips"]
        ],
    }


class LabDriver(fake.FakeDriverWithoutFakeNodes):
    def spawn(self, context, instance, image_meta, injected_files, admin_password, allocations,
              network_info=None, block_device_info=None, **options):
        super().spawn(context, instance, image_meta, injected_files, admin_password, allocations,
                      network_info, block_device_info, **options)
        # A resize ends here as well: the guest runs on.
        if os.path.exists(path_of(instance, "json")):
            return
        guest = {
            "id": instance.uuid,
            "name": instance.display_name,
            "hostname": instance.hostname,
            "image": instance.system_metadata.get("image_multinode_guest", "openvswitch"),
            "publicKey": instance.key_data,
            "userData": base64.b64decode(instance.user_data or "").decode(),
            "interfaces": [interface_of(vif) for vif in network_info or []],
        }
        with open(path_of(instance, "new"), "w") as file:
            json.dump(guest, file)
        os.rename(path_of(instance, "new"), path_of(instance, "json"))

    def destroy(self, context, instance, network_info, *arguments, **options):
        super().destroy(context, instance, network_info, *arguments, **options)
        # Also for a guest that was there before this process.
        for kind in ("json", "log"):
            if os.path.exists(path_of(instance, kind)):
                os.remove(path_of(instance, kind))

    def get_console_output(self, context, instance):
        if not os.path.exists(path_of(instance, "log")):
            return b""
        with open(path_of(instance, "log"), "rb") as file:
            return file.read()[-SHOWN_CONSOLE:]

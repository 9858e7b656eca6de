/** What a node is booted with. */
export interface NodeSpec {
  /** `primary`, `subnode-1`, … */
  name: string;
  number: number;
  hostname: string;
  /** Underlay address and the prefix length of its link. */
  address: string;
  prefixLength: number;
  /** The router's address on that link. */
  gateway: string;
  /** MTU of the underlay in bytes. */
  mtu: number;
  /** Whether it carries Open vSwitch. */
  openVswitch: boolean;
  /** Shell script that root runs on the node before its SSH server starts; absent: none. */
  firstBoot?: string;
}

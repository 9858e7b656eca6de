/** The users of a node that the job works as. */

/** User that runs stack.sh, with devstack's own name and home for it. */
export const stackUser = { user: "stack", home: "/opt/stack" } as const;

/** The administrator, who reaches the other nodes like the stack's user does. */
export const ROOT = "root";

/** Name of the job's private key in a user's `.ssh` folder. */
export const KEY_FILE = "id_devstack_multinode";

/** TCP port of an SSH server when no other is named (RFC 4251). */
export const SSH_PORT = 22;

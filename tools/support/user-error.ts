/** A mistake of the user or of the machine, not of this program: shown as its message, without a stack. */
export class UserError extends Error {}

// The present time comes in as an argument, so that tests decide what day it is.

/** Gives the present moment. */
export type Clock = () => Date

/** The clock of the machine. */
export const systemClock: Clock = () => new Date()

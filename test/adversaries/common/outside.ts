/** The one known way out of the realm that JavaScript runs in: an error of the realm outside, and what hangs on it. */

/** Node fails over a name that is no text, and its own error comes back. */
export function errorFromOutside(): object {
  try {
    return { stack: Object.assign(new Error(), { name: Symbol('no text') }).stack };
  } catch (error) {
    return error as object;
  }
}

/** The last prototype of all is that of Object, out there. */
export function objectOf(thing: object): ObjectConstructor {
  const above = Object.getPrototypeOf(thing);
  return above ? objectOf(above) : (thing.constructor as ObjectConstructor);
}

/** Runs later what a promise of the realm outside, which settles, lets run. */
export function later(work: () => void): void {
  const arrays = objectOf(errorFromOutside()).keys({}).constructor as ArrayConstructor;
  arrays.fromAsync([0], work);
}

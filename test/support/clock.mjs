/** A clock that is set back by an hour whenever somebody has looked at it, as an --import for a process. */
const Real = Date;
let hours = 0;
const now = () => Real.now() - 3_600_000 * hours++;

globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length > 0 ? given : [now()]));
  }
  static now() {
    return now();
  }
};

/** Read and write wall-clock times of a time zone: what a person types in a form is the festival's time, not the device's. Pure. */

/** "2026-11-11T00:00:00" in `zone` for an instant. */
export function toLocal(instant: string | number | Date, zone: string): string {
  const found = Object.fromEntries(parts(zone).formatToParts(new Date(instant)).map((part) => [part.type, part.value]));
  return `${found["year"]}-${found["month"]}-${found["day"]}T${found["hour"]}:${found["minute"]}:${found["second"]}`;
}

/** The instant at which clocks in `zone` show `local`; where clocks show it twice, the first time. */
export function toInstant(local: string, zone: string): string {
  const wanted = Date.parse(`${local}Z`);
  // Two looks: the offset at the guess, then the offset at what that gives.
  let guess = wanted - offset(wanted, zone);
  guess = wanted - offset(guess, zone);
  return new Date(guess).toISOString();
}

function offset(at: number, zone: string): number {
  return Date.parse(`${toLocal(at, zone)}Z`) - Math.floor(at / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function parts(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, found);
  }
  return found;
}

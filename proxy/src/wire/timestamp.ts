const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';
const MS_PER_DAY = 86_400_000;

/**
 * Epoch ms of an RFC 3339 timestamp (`2026-11-20T10:00:00.5Z`) or an HTTP date (`Fri, 20 Nov 2026 10:00:00 GMT`), or
 * undefined. Own code, since pure folders have no `Date`, and since `Date.parse` accepts far more than a header may say.
 */
export function timestampMs(text: string): number | undefined {
  return rfc3339Ms(text.trim()) ?? httpDateMs(text.trim());
}

function rfc3339Ms(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const offsetMinutes = match[8] === undefined ? 0 : (Number(match[9]) * 60 + Number(match[10])) * (match[8] === '-' ? -1 : 1);
  const local = civilMs(year, month, day, hour, minute, second);
  return local === undefined ? undefined : local + Math.round(Number(match[7] ?? 0) * 1000) - offsetMinutes * 60_000;
}

function httpDateMs(text: string): number | undefined {
  const match = /^[a-z]{3}, (\d\d) ([a-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:gmt|utc)$/i.exec(text);
  if (!match) return undefined;
  const month = MONTHS.indexOf((match[2] ?? '').toLowerCase());
  if (month % 3 !== 0) return undefined;
  const [hour, minute, second] = match.slice(4, 7).map(Number);
  return civilMs(Number(match[3]), month / 3 + 1, Number(match[1]), hour, minute, second);
}

function civilMs(year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  return daysSinceEpoch(year, month, day) * MS_PER_DAY + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil: the year starts in March. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

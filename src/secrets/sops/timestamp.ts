const forms =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?(Z|[-+]\d{2}:\d{2})| (\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?)?$/;

/**
 * Reads a timestamp in the forms of go-yaml 3 and writes it as Go does: RFC 3339, the fraction without trailing zeros,
 * the offset kept.
 *
 * @returns undefined when the text is not a timestamp, or its day or hour does not exist
 */
export function timestampOf(text: string): string | undefined {
  const match = forms.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = ''] = match;
  const [hour = '0', minute = '0', second = '0', fraction = ''] =
    match[4] === undefined ? match.slice(9, 13) : match.slice(4, 8);
  const zone = match[8] ?? 'Z';
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (zone !== 'Z' && (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4)) > 59)) return undefined;
  const date = `${year}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${nanoseconds(fraction)}${offset(zone)}`;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

function nanoseconds(fraction: string | undefined): string {
  const digits = (fraction ?? '').slice(1, 10).replace(/0+$/, '');
  return digits === '' ? '' : `.${digits}`;
}

function offset(zone: string): string {
  return /^[-+]00:00$/.test(zone) ? 'Z' : zone;
}

function two(digits: string): string {
  return digits.padStart(2, '0');
}

import { nearest } from './nearest.ts';
import { written } from './written.ts';

/** A name of the IANA database: an offset would not know summer time. */
export const timeZone = written({ description: 'IANA name.', examples: ['Europe/Berlin'] }, (text, refuse) => {
  if (isZone(text)) return text;
  const near = likelyZone(text);
  return refuse({
    code: 'unknown-time-zone',
    message: 'There is no such time zone',
    expected: 'a name of the IANA database, such as UTC or Europe/Berlin',
    ...(near !== null && { hint: `Did you mean \`${near}\`?` }),
  });
});

function isZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Only names that share the first letter of their last part are looked at: a flood of wrong zones must stay cheap. */
function likelyZone(text: string): string | null {
  const [area, city] = partsOf(text.slice(0, 64).replaceAll(' ', '_'));
  const alike = Intl.supportedValuesOf('timeZone').filter((zone) => {
    const [itsArea, itsCity] = partsOf(zone);
    return itsCity[0] === city[0] && Math.abs(itsCity.length - city.length) < 2 && (area === '' || area[0] === itsArea[0]);
  });
  const meant = nearest(city, alike.map((zone) => partsOf(zone)[1]));
  return alike.find((zone) => partsOf(zone)[1] === meant) ?? null;
}

function partsOf(zone: string): readonly [string, string] {
  const cut = zone.lastIndexOf('/');
  return [zone.slice(0, Math.max(0, cut)).toLowerCase(), zone.slice(cut + 1).toLowerCase()];
}

/** Whether two values say the same as JSON, whatever the order of their keys: an absent key and an undefined one are the same. What both share is not looked into. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => isSameJson(item, b[index]));
  return holds(a, b) && Object.entries(b).every(([key, value]) => value === undefined || Object.hasOwn(a, key));
}

/** Every field of one is the same in the other. */
function holds(one: object, other: object): boolean {
  return Object.entries(one).every(([key, value]) => isSameJson(value, Object.hasOwn(other, key) ? Reflect.get(other, key) : undefined));
}

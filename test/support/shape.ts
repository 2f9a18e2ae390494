/** Every path that there is in a JSON value, with the type of what is there; times tell themselves from other texts. */
export function shapeOf(value: unknown, path = ''): readonly string[] {
  const paths = (): readonly string[] => {
    if (Array.isArray(value)) return value.flatMap((one) => shapeOf(one, `${path}[]`));
    if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, one]) => shapeOf(one, `${path}.${key}`));
    const isTime = typeof value === 'string' && /^[\d-]{10}T[\d:]{8}Z(?:\/[\d-]{10}T[\d:]{8}Z)?$/.test(value);
    return [`${path}: ${isTime ? `time${value.includes('/') ? ' span' : ''}` : typeof value}`];
  };
  return [...new Set(paths())].toSorted();
}

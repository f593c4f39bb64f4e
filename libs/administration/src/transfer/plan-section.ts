export type Item = Record<string, unknown>;

/** Something that is there already and differs. */
export interface Conflict {
  section: string;
  key: string;
  /** Names of the fields; never what they hold. */
  fields: string[];
}

export interface SectionPlan {
  create: Item[];
  differing: { item: Item; conflict: Conflict }[];
  unchanged: number;
}

/** The fields that tell one thing from another, and those whose letters are compared as if they were small. */
export interface Keyed {
  key: readonly string[];
  folded?: readonly string[];
}

/** What tells one thing from another, for maps and for people. */
export function keyOf({ key, folded = [] }: Keyed, item: Item): string {
  const part = (field: string): string => {
    const text = String(item[field] ?? '');
    return folded.includes(field) ? text.toLowerCase() : text;
  };
  return key.map(part).join(' / ');
}

/** Compares what a file wants with what is there. Pure; planning again after it was carried out finds nothing to do. */
export function planSection(
  section: Keyed & { name: string },
  there: readonly Item[],
  wanted: readonly Item[],
): SectionPlan {
  const known = new Map(there.map((item) => [keyOf(section, item), item]));
  const plan: SectionPlan = { create: [], differing: [], unchanged: 0 };
  for (const item of wanted) {
    const key = keyOf(section, item);
    const present = known.get(key);
    if (present === undefined) {
      plan.create.push(item);
      continue;
    }
    const fields = Object.keys(item).filter((field) => !isSame(item[field], present[field]));
    if (fields.length === 0) plan.unchanged++;
    else plan.differing.push({ item, conflict: { section: section.name, key, fields } });
  }
  return plan;
}

/** JSON values; the order of an object's members does not matter. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => isSame(one, b[i]));
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => isSame(a[name], b[name]));
  }
  return a === b;
}

const isObject = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

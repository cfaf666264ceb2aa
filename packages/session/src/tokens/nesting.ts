/**
 * Whether a value's objects and lists are nested more than so many levels; it is itself the first. Looks no further than that, so
 * that neither a thousand levels nor a circle does harm.
 */
export function isNestedDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isNestedDeeperThan(levels - 1, member))
}

/**
 * Objects without their nulls. A user's null means an absent field, as for the API server; and the API server itself writes
 * null for an empty list that must stand there, as `endpoints` of an EndpointSlice without pods.
 */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .map(([name, field]) => [name, withoutNulls(field as unknown)]),
  ) as T;
}

/** Members of members, by paths such as `channelConfig.routingPolicy.routingMode`. */

export type Values = Record<string, unknown>;

export function at(values: Values, path: string): unknown {
  return path.split('.').reduce<unknown>((inside, key) => (inside as Values | null | undefined)?.[key], values);
}

/** Sets a member, making the objects on the way. */
export function put(values: Values, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() as string;
  let inside = values;
  for (const key of keys) inside = (inside[key] ??= {}) as Values;
  inside[last] = value;
}

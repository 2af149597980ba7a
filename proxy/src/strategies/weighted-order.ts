interface Weighted {
  readonly weight: number;
}

/**
 * A random order in which each place goes to one of the remaining items with a chance in proportion to its weight
 * (sampling without replacement). Items of weight 0 come last, in their own order.
 */
export function weightedOrder<T extends Weighted>(items: readonly T[], random: () => number): readonly T[] {
  if (items.length < 2) return items;
  const remaining = items.filter((item) => item.weight > 0);
  const order: T[] = [];
  let sum = remaining.reduce((total, item) => total + item.weight, 0);
  while (remaining.length > 0) {
    let rest = random() * sum;
    let at = 0;
    while (at < remaining.length - 1 && rest >= (remaining[at]?.weight ?? 0)) {
      rest -= remaining[at]?.weight ?? 0;
      at += 1;
    }
    const [picked] = remaining.splice(at, 1);
    if (picked === undefined) break;
    sum -= picked.weight;
    order.push(picked);
  }
  return order.length === items.length ? order : [...order, ...items.filter((item) => !(item.weight > 0))];
}

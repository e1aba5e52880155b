// Times several ways of doing a thing so that the machine's noise hits all of them alike.

/**
 * Takes turns, each round beginning with the next way, so that each follows each of the others. Gives the median time of a
 * way in microseconds, NaN for one that cannot be tried.
 */
export async function compare<Ways extends Record<string, (() => unknown) | undefined>>(
  ways: Ways,
  rounds: number,
  warmUp = 20,
): Promise<{ [Name in keyof Ways]: number }> {
  const all = Object.entries(ways).map(([name, way]) => ({ name, way, times: [] as number[] }));
  for (let round = 0; round < warmUp + rounds; round++) {
    for (let turn = 0; turn < all.length; turn++) {
      const { way, times } = all[(round + turn) % all.length]!;
      const began = performance.now();
      await way?.();
      if (way && round >= warmUp) times.push((performance.now() - began) * 1000);
    }
  }
  return Object.fromEntries(all.map(({ name, times }) => [name, median(times)])) as { [Name in keyof Ways]: number };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

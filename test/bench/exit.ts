// What must be put back however the benchmark ends.
const undone = new Set<() => void>();

process.once('exit', () => {
  for (const undo of undone) undo();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

/** Has `undo` done when the process exits, or earlier by calling what this returns. Done once. */
export function atExit(undo: () => void): () => void {
  undone.add(undo);
  return () => {
    if (undone.delete(undo)) undo();
  };
}

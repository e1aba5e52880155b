// Keeps a list of the programs that run, so that a stopping agent can end them.
import type { Child, Host } from './host.ts';

/** The same host, and what signals all that runs on it. */
export function withChildren(host: Host): { host: Host; signalAll: Child['kill'] } {
  const children = new Set<Child>();
  const start: Host['start'] = spec => {
    const child = host.start(spec);
    children.add(child);
    void child.ended.then(() => children.delete(child));
    return child;
  };
  return {
    host: { ...host, start },
    signalAll: signal => {
      for (const child of children) child.kill(signal);
    },
  };
}

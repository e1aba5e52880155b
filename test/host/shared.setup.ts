// The host suite shares one installed host between the files that ask for it (installed.ts); this names it and takes it away.
import type { TestProject } from 'vitest/node';
import { newName } from './boot.ts';
import { removeHost } from './remove.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    sharedHost: { name: string; owner: number };
  }
}

export default function setup({ provide }: TestProject): () => Promise<void> {
  const name = newName();
  provide('sharedHost', { name, owner: process.pid });
  return () => removeHost(name);
}

// The simulated machine of dummy mode: a folder for its files and functions for its programs. No process is started.
import { basename, join } from 'node:path';
import type { Child, ChildSpec, Host } from '../host.ts';
import { Behaviour } from './behaviour.ts';
import { simulate } from './child.ts';
import { keepProc } from './proc.ts';
import { programs } from './programs.ts';
import { seed } from './seed.ts';
import { Tree } from './tree.ts';

/** `stateDir` is GATEHOUSE_STATE; the machine is its folder `host`, made at first use. Throws where its dummy.json is wrong. */
export function dummyHost(stateDir: string): Host {
  const tree = new Tree(join(stateDir, 'host'));
  const behaviour = new Behaviour(
    tree,
    [...programs.keys()].map(path => basename(path)),
  );
  seed(tree);
  keepProc(tree);

  function start({ argv, stdin }: ChildSpec): Child {
    const [path = '', ...args] = argv;
    const program = programs.get(path);
    const fault = program ? behaviour.take(basename(path)) : { missing: true as const };
    if (!program || fault.missing) throw Object.assign(new Error(`${path} is not installed`), { code: 'ENOENT' });
    return simulate(() => program({ path, args, stdin, tree, behaviour }), fault);
  }
  return { mode: 'dummy', root: tree.root, start };
}

// `node test/host/start.ts [NAME]` starts a fresh home server; tests call startHost().
import { boot, cloneVolume, newName, type Owner } from './boot.ts';
import { TestHost } from './host.ts';
import { hostImage } from './image.ts';
import { removeAtExit, removeHost, sweep } from './remove.ts';

export { whyNoHost } from './engine.ts';
export { TestHost } from './host.ts';

/** A fresh host, which goes with this process at the latest; with the owner `nobody` it stays until it is stopped. */
export async function startHost(name = newName(), owner: Owner = process.pid): Promise<TestHost> {
  const { image, seed } = await hostImage();
  await sweep();
  if (owner !== 'nobody') removeAtExit(name);
  try {
    await cloneVolume(image, seed, name, owner);
    await boot(image, name, name, owner);
  } catch (problem) {
    await removeHost(name);
    throw problem;
  }
  return new TestHost(name, () => removeHost(name));
}

/** A host that was started before. */
export const findHost = (name: string): TestHost => new TestHost(name, () => removeHost(name));

if (import.meta.main) {
  const { name } = await startHost(process.argv[2], 'nobody');
  console.log(`${name} is running.\n  enter   docker exec -it ${name} bash\n  stop    node test/host/stop.ts ${name}`);
}

// <empty-group>: a group of Gatehouse that is nobody's, neither by its list of members nor as somebody's primary group.
import type { Check } from './check.ts';
import { group } from './group.ts';

export const emptyGroup: Check = async (name, asking) => {
  const why = await group(name, asking);
  if (why) return why;
  const found = await asking.facts.group(name);
  const primary = (await asking.facts.accounts()).filter(({ gid }) => gid === found?.gid).map(({ login }) => login);
  const [one, ...others] = [...(found?.members ?? []), ...primary];
  return (
    one && `The group ${name} is not empty: ${one} is in it${others.length > 0 ? `, and ${others.length} more` : ''}.`
  );
};

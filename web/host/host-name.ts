// The one act on the host itself, as a pure function that gives the change. Exact command: allowlist/rules/host.yaml.
import { faultOf, slotTypes } from '../../allowlist/types.ts';
import type { Change, Fact, HostCommand } from '../changes/change.ts';
import { t } from '../i18n/text.ts';

export const isHostName = (text: string): boolean => {
  const type = slotTypes.get('host-name');
  return type !== undefined && faultOf(type, text) === undefined;
};

/** `from` is the name that the host has; there is no way back to one that no rule would take, such as "10". */
export function renameHost(from: string, to: string): Change {
  return {
    title: t('host.rename.title', { name: to }),
    steps: [setName(to)],
    undo: [],
    ...(isHostName(from) && { inverse: [setName(from)] }),
    touches: [{ kind: 'host', name: from }],
    expects: [called(from)],
    leaves: [called(to)],
  };
}

const setName = (name: string): HostCommand => ({
  cmd: 'hostnamectl',
  args: ['set-hostname', '--static', name],
  says: t('host.rename.step', { name }),
});

const called = (value: string): Fact => ({ subject: { kind: 'host', name: value }, what: 'hostName', value });

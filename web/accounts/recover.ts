// `recover LOGIN`, at the host's terminal: for who lost password or second factor. Needs the settings, database and secret of the dashboard, so only its keeper can run it.
import type { Deps } from '../feature.ts';
import { invitationMs, invite } from './invitation.ts';
import { findByLogin } from './store.ts';

/** What to print, and whether there is such an account. Nothing changes before the link is used; the dashboard may be running. */
export async function recover(deps: Deps, login: string): Promise<{ ok: boolean; text: string }> {
  const found = await findByLogin(deps.db, login.toLowerCase());
  if (!found) {
    const logins = await deps.db('accounts').where({ role: 'administrator' }).orderBy('login').pluck('login');
    return {
      ok: false,
      text: `There is no account ${JSON.stringify(login)}. Administrators: ${logins.join(', ') || 'none'}.`,
    };
  }
  const link = await invite(deps, found.account.id, 'recovery');
  deps.log.warn('a recovery link was made at the terminal', { login: found.account.login });
  return {
    ok: true,
    text: [
      `A new password for ${found.account.login}, within ${invitationMs.recovery / 60_000} minutes and once:`,
      '',
      `  ${link.reveal()}`,
      '',
      'Until it is used nothing changes. Then every session of the account ends, its second factors are removed,',
      'and failed tries are forgotten for everybody.',
    ].join('\n'),
  };
}

// The forms about accounts. What people type is checked here; what stands in the way elsewhere (a login that is taken), by the routes.
import { z } from 'zod';
import { visible } from '../changes/command.ts';
import { languages } from '../i18n/language.ts';
import { newPassword } from './password.ts';
import { roles } from './store.ts';

const joiners = /[\u200c\u200d]/g;

export const login = z
  .string('account.login.shape')
  .trim()
  .toLowerCase()
  .regex(/^[a-z][a-z0-9._-]{0,31}$/, 'account.login.shape');

/** Nothing in it hides, or turns text around; the two joiners are needed by some scripts. */
export const name = z
  .string('account.name.missing')
  .trim()
  .min(1, 'account.name.missing')
  .max(100, 'account.name.long')
  .refine(text => isVisible(text.replace(joiners, '')), 'account.name.shape');
const isVisible = (text: string) => visible(text) === text;

/** Fields whose text never comes back to the page. */
export const passwordFields = ['old', 'password', 'repeat'];
export const twice = { password: newPassword, repeat: z.string('account.repeat.differs') };

/** Typed the same twice, and no login. */
export function checkTwice(form: { password: string; repeat: string; login: string }, context: z.RefinementCtx): void {
  const fault = (field: 'password' | 'repeat', message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (form.password.toLowerCase() === form.login) fault('password', 'account.password.login');
  if (form.password !== form.repeat) fault('repeat', 'account.repeat.differs');
}

export const enterForm = (login: string) =>
  z
    .strictObject({ token: z.string(), ...twice })
    .superRefine((form, context) => checkTwice({ ...form, login }, context));

export const ownPasswordForm = (login: string) =>
  z
    .strictObject({ old: z.string().min(1, 'account.password.missing').max(256, 'me.password.wrong'), ...twice })
    .superRefine((form, context) => checkTwice({ ...form, login }, context));

export const meForm = z.strictObject({
  name,
  language: z.enum(['', ...languages]).transform(chosen => chosen || null),
});

const user = z.string().transform(chosen => chosen || null);
const standing = { name, role: z.enum(roles, 'accounts.role.missing'), user };

function checkMember({ role, user }: { role: string; user: string | null }, context: z.RefinementCtx): void {
  if (role === 'member' && user === null)
    context.addIssue({ code: 'custom', path: ['user'], message: 'accounts.user.missing' });
}

export const makeForm = z.strictObject({ login, ...standing }).superRefine(checkMember);
export const changeForm = z.strictObject(standing).superRefine(checkMember);

/** Nothing is trimmed: the login must be typed as it is. */
export const deleteForm = (login: string) =>
  z.strictObject({ confirm: z.string().refine(text => text === login, 'accounts.delete.differs') });

/** All of one's sessions, all others, or one by its hash. */
export const endForm = z.strictObject({ session: z.string().regex(/^(?:all|others|[0-9a-f]{64})$/) });

// The forms of the users' pages. They spare people a round trip; the agent decides.
import { z } from 'zod';
import { faultOf, slotTypes } from '../../allowlist/types.ts';
import { normalised, passwordFault } from './password.ts';

const isA = (type: string) => (text: string) => {
  const slot = slotTypes.get(type);
  return slot !== undefined && faultOf(slot, text) === undefined;
};

const fullName = z
  .string()
  .trim()
  .min(1, 'users.name.empty')
  .refine(text => Buffer.byteLength(text) <= 200, 'users.name.long')
  .refine(isA('full-name'), 'users.name.shape');

const password = (mayBeEmpty: boolean) =>
  z
    .string()
    .transform(normalised)
    .superRefine((text, context) => {
      const message = mayBeEmpty && text === '' ? undefined : passwordFault(text);
      if (message) context.addIssue({ code: 'custom', message });
    });
const repeat = z.string().transform(normalised);
const same = { path: ['repeat'], message: 'users.password.differ' };

/** Fields whose text never comes back to the page. */
export const passwordFields = ['password', 'repeat'];

export const makeForm = z
  .strictObject({
    login: z.string().trim().refine(isA('new-login'), 'users.login.shape'),
    fullName,
    password: password(true),
    repeat,
  })
  .refine(({ password, repeat }) => password === repeat, same);

export const renameForm = z.strictObject({ fullName });

export const passwordForm = z
  .strictObject({ password: password(false), repeat })
  .refine(({ password, repeat }) => password === repeat, same);

export const keyForm = z.strictObject({ key: z.string().trim().min(1, 'users.key.empty'), keyName: z.string().trim() });

export const shellForm = z.strictObject({ shell: z.enum(['yes', 'no']) });

export const groupForm = z.strictObject({ group: z.string().min(1, 'groups.none-chosen') });

export const newGroupForm = z.strictObject({ name: z.string().trim().refine(isA('new-group'), 'groups.name.shape') });

export const fingerprintForm = z.strictObject({ fingerprint: z.string() });

/** Nothing is trimmed: the name must be typed as it is. */
export const typedForm = (login: string) =>
  z.strictObject({ confirm: z.string().refine(text => text === login, 'users.delete.differs') });

// Reads a submitted form with a zod schema. A schema's messages are keys of the catalogue; `{n}` in them is the bound that was missed.
import type { z } from 'zod';
import { isTextKey, sentence } from './i18n/text.ts';
import { Problem } from './problem.ts';

/** A form as its view shows it again: `+field` reads from it what was typed and what was wrong. */
export interface Form {
  typed: Record<string, string>;
  errors: Record<string, string>;
  /** The field that gets the focus. */
  first: string | undefined;
}

export type FormRead<T> = { ok: true; values: T } | { ok: false; form: Form };

/**
 * `secret` names the fields whose text is never shown again. Where a schema has no words for what is wrong, no person typed it: a field that
 * the form does not have, or one sent twice. That is a Problem and no fault beside a field.
 */
export function readForm<T>(schema: z.ZodType<T>, body: unknown, secret: readonly string[] = []): FormRead<T> {
  const { _csrf, ...fields } = (body ?? {}) as Record<string, unknown>;
  const read = schema.safeParse(fields);
  if (read.success) return { ok: true, values: read.data };
  const errors: Record<string, string> = {};
  for (const issue of read.error.issues) {
    if (!isTextKey(issue.message)) throw new Problem(422);
    const name = String(issue.path[0] ?? '');
    const bound = 'minimum' in issue ? issue.minimum : 'maximum' in issue ? issue.maximum : 0;
    errors[name] ??= sentence(issue.message, { n: Number(bound) });
  }
  return { ok: false, form: formWith(fields, errors, secret) };
}

/** A form with errors found after reading it: a login that is taken, a refusal of the agent. */
export function formWith(
  fields: Readonly<Record<string, unknown>>,
  errors: Record<string, string>,
  secret: readonly string[] = [],
): Form {
  const kept = Object.entries(fields).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !secret.includes(entry[0]),
  );
  return { typed: Object.fromEntries(kept), errors, first: Object.keys(errors)[0] };
}

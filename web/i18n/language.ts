// The language of whoever is being answered: carried along with the request, so that pure functions need not pass it on.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request, RequestHandler } from 'express';

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** How each writes dates and numbers. No date can be read as another day: English has the month as a word, and 24 hours. */
const locales = { en: 'en-GB', de: 'de-DE' } as const satisfies Record<Language, string>;

const spoken = new AsyncLocalStorage<Language>();

/** English where nobody in particular is being answered. */
export function language(): Language {
  return spoken.getStore() ?? 'en';
}

export const locale = (): string => locales[language()];

export function inLanguage<T>(wanted: Language, act: () => T): T {
  return spoken.run(wanted, act);
}

/** What the account chose, before it is known (or where it chose none) what the browser asks for. */
export const speak: RequestHandler = (req, res, next) => {
  const wanted = res.locals.account?.language ?? askedFor(req);
  res.locals.language = wanted;
  spoken.run(wanted, next);
};

const askedFor = (req: Request): Language => (req.acceptsLanguages([...languages]) || 'en') as Language;

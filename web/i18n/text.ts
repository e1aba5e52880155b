// Every word a page says comes from the catalogue by its key: t('users.count', { n: 4 }).
import { de } from './de.ts';
import { en } from './en.ts';
import { type Language, language, locale } from './language.ts';

type Texts = typeof en;
export type TextKey = keyof Texts;
type Form = string | { readonly one: string; readonly other: string };
type Names<S> = S extends { readonly one: infer A; readonly other: infer B }
  ? 'n' | Names<A> | Names<B>
  : S extends `${string}{${infer Name}}${infer Rest}`
    ? Name | Names<Rest>
    : never;
type Values<K extends TextKey> = [Names<Texts[K]>] extends [never]
  ? []
  : [values: Record<Names<Texts[K]>, string | number>];

/** A key whose text has nothing to fill in. */
export type PlainKey = { [K in TextKey]: Values<K> extends [] ? K : never }[TextKey];

/** The text of a key, its `{names}` filled in. A text with `one` and `other` is chosen by `n`. */
export function t<K extends TextKey>(key: K, ...values: Values<K>): string {
  return fill(textOf(key), values[0] ?? {});
}

export const isTextKey = (text: string): text is TextKey => Object.hasOwn(en, text);

/** A form's message: a key of the catalogue, or a sentence that came from elsewhere (the agent) and stands as it is. */
export function sentence(keyOrText: string, values: Record<string, string | number> = {}): string {
  return isTextKey(keyOrText) ? fill(textOf(keyOrText), values) : keyOrText;
}

const catalogues: Record<Language, Record<TextKey, Form>> = { en, de };
const plurals = { en: new Intl.PluralRules('en'), de: new Intl.PluralRules('de') };

const textOf = (key: TextKey): Form => catalogues[language()][key];

function fill(text: Form, values: Record<string, string | number>): string {
  const chosen =
    typeof text === 'string' ? text : text[plurals[language()].select(Number(values.n)) === 'one' ? 'one' : 'other'];
  return chosen.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The text "${chosen}" wants a value for {${name}}`);
    return typeof value === 'number' ? value.toLocaleString(locale()) : value;
  });
}

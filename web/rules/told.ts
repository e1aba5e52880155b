// What a shipped rule says of itself, in the language of whoever reads it. The agent tells it in English; a rule of the owner's own stands as it was written.
import { language } from '../i18n/language.ts';
import { german } from './told.de.ts';

export function whyOf({ id, why }: { id: string; why: string }): string {
  return (language() === 'de' && german[id]?.why) || why;
}

export function dangerOf(id: string, danger: string | null): string | null {
  return danger && ((language() === 'de' && german[id]?.danger) || danger);
}

import type { Translation } from '../i18n/translation.ts';
import type { texts as english } from './texts.ts';

export const texts: Partial<Translation<typeof english>> = {};

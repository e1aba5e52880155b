// The German catalogue: each feature keeps its own texts.de.ts beside its English ones; this is the list of them.
import { texts as accounts } from '../accounts/texts.de.ts';
import { texts as audit } from '../audit/texts.de.ts';
import { texts as changes } from '../changes/texts.de.ts';
import { texts as factors } from '../factors/texts.de.ts';
import { texts as host } from '../host/texts.de.ts';
import { texts as overview } from '../overview/texts.de.ts';
import { texts as own } from '../own/texts.de.ts';
import { texts as rules } from '../rules/texts.de.ts';
import { texts as setup } from '../setup/texts.de.ts';
import { texts as signin } from '../signin/texts.de.ts';
import { texts as users } from '../users/texts.de.ts';
import { texts as views } from '../views/texts.de.ts';

export const de = {
  ...views,
  ...accounts,
  ...setup,
  ...signin,
  ...factors,
  ...overview,
  ...own,
  ...users,
  ...host,
  ...changes,
  ...audit,
  ...rules,
};

// The English catalogue: each feature keeps its own texts.ts beside its pages; this is the list of them.
import { texts as accounts } from '../accounts/texts.ts';
import { texts as audit } from '../audit/texts.ts';
import { texts as changes } from '../changes/texts.ts';
import { texts as factors } from '../factors/texts.ts';
import { texts as host } from '../host/texts.ts';
import { texts as overview } from '../overview/texts.ts';
import { texts as own } from '../own/texts.ts';
import { texts as rules } from '../rules/texts.ts';
import { texts as setup } from '../setup/texts.ts';
import { texts as signin } from '../signin/texts.ts';
import { texts as users } from '../users/texts.ts';
import { texts as views } from '../views/texts.ts';

export const en = {
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

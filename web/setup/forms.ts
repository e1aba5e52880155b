import { z } from 'zod';
import { checkTwice, login, name, twice } from '../accounts/forms.ts';

export const setupForm = z
  .strictObject({ token: z.string('setup.token.wrong'), name, login, ...twice })
  .superRefine(checkTwice);

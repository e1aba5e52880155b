import { z } from 'zod';
import { isHostName } from './host-name.ts';

export const hostNameForm = z.strictObject({ name: z.string().trim().refine(isHostName, 'host.name.shape') });

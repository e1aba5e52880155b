import type { SlotType } from '../types.ts';

export const fullName: SlotType = {
  name: 'full-name',
  pattern:
    /^[[\p{L}\p{M}\p{N}\p{P}\p{S}]--[:,\-]](?:[[\p{L}\p{M}\p{N}\p{P}\p{S} \u200c\u200d]--[:,]]*[[\p{L}\p{M}\p{N}\p{P}\p{S}]--[:,]])?$/v,
  maxBytes: 200,
  about:
    'a name in any script, without colon, comma or control characters, not beginning with "-" or a blank nor ending with one',
  example: "Zoë O'Neil",
  never: ':,\n',
};

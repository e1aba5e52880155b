export const texts = {
  'own.nav': 'My user',
  'own.about':
    'Your user {login} of this host: what you sign in with to file shares, and by SSH where that is allowed.',
  'own.gone': 'The user {login} is not managed here any more, so nothing can be changed from this page.',
  'own.password.about':
    'Sets your password for the host and for file shares together. You are asked for the old one before anything is done.',
  'own.no-password':
    'You have no password yet, so you cannot prove that it is you. Ask an administrator to set the first one.',
  'own.keys': 'Your SSH keys',
  'own.keys.none': 'You have set no key yourself.',
  'own.given-keys': 'Keys set by an administrator',
  'own.given-keys.about': 'These let you in as well. Only an administrator changes them.',
  'own.given-keys.none': 'None.',
} as const;

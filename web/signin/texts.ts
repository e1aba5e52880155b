export const texts = {
  'signin.title': 'Sign in',
  'signin.submit': 'Sign in',
  'signin.login.missing': 'Type your login.',
  'signin.wrong': 'Login and password do not belong together. Check both.',
  'signin.ended': 'You are signed out.',
  'prove.title': 'Is it still you?',
  'prove.text': 'What comes next should be done by nobody else. Prove that it is you; that counts for ten minutes.',
  'prove.submit': 'Go on',
  'prove.password.wrong': 'That is not the password of this account. Check it and type it again.',
} as const;

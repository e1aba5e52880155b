export const texts = {
  'signin.title': 'Sign in',
  'signin.submit': 'Sign in',
  'signin.login.missing': 'Type your login.',
  'signin.wrong': 'Login and password do not belong together. Check both.',
  'signin.ended': 'You are signed out.',
} as const;

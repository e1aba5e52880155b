export const texts = {
  'account.login': 'Login',
  'account.login.shape':
    'A login is 1 to 32 small letters, digits, dots, dashes or underscores, and begins with a letter.',
  'account.name': 'Your name',
  'account.name.missing': 'Say what you want to be called.',
  'account.name.long': 'A name has at most {n} characters.',
  'account.password': 'Password',
  'account.password.missing': 'Type a password.',
  'account.password.short': 'A password has at least {n} characters. Several words make a good one.',
  'account.password.long': 'A password has at most {n} characters.',
  'account.password.login': 'A password that is the login is the first that anybody tries.',
  'account.repeat': 'The same password again',
  'account.repeat.differs': 'The two passwords are not the same. Type both again.',
} as const;

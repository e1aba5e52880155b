export const texts = {
  'setup.title': 'Set up Gatehouse',
  'setup.intro':
    'Make the account you will sign in with. It is an administrator of this dashboard, and no user of the host.',
  'setup.submit': 'Set up and sign in',
  'setup.done': 'Gatehouse is set up, and you are signed in as {login}.',
  'setup.token': 'Setup token',
  'setup.token.title': 'Open the link from the terminal',
  'setup.token.text':
    'When it starts, Gatehouse prints a link with a one-time token. Open that link, or type its token here. It proves that you are the one who started it.',
  'setup.token.wrong':
    'That token is not the one that was printed, or it is older than 15 minutes. Start the dashboard again for a new one.',
  'setup.token.submit': 'Go on',
} as const;

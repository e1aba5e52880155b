export const texts = {
  'host.nav': 'Host name',
  'host.about': 'What this host is called, on itself and in the network.',
  'host.not-now':
    'The agent does not answer ({why}), so nothing can be changed now. Nothing was changed; try again when it is back.',
  'host.name.now': 'It is called',
  'host.name.label': 'New name',
  'host.name.hint': 'Letters, digits and dashes, such as attic; parts of a longer name with dots between.',
  'host.name.shape':
    'A name is of letters (a to z), digits and dashes, 63 at most between two dots and 64 in all, with a dash neither first nor last. It is no address and not localhost.',
  'host.name.same': 'The host has this name already.',
  'host.rename.heading': 'The name',
  'host.rename.action': 'Change the name',
  'host.rename.title': 'Call the host {name}',
  'host.rename.step': 'Set the name to {name}',
  'host.after.heading': 'Afterwards',
  'host.after.here':
    'The new name stands here, at the top of every page, and on the host in /etc/hostname. A shell that is open shows the old one until the next sign-in.',
  'host.after.others':
    'Programs that asked for the name when they started, such as Samba, use the old one until they are started again. A router learns the new one when the host next asks it for an address.',
  'host.after.dashboard':
    'This dashboard answers at {origin} only. Where that holds the old name, set GATEHOUSE_ORIGIN to the new one on the host and start the dashboard again.',
  'host.after.hosts':
    'The file /etc/hosts is left as it is. Where a line of it holds the old name, add the new one there by hand; until then sudo says that it cannot resolve it.',
} as const;

// The agent's command line: gatehouse-agent serve | check | verify | rules | audit | confirm | approve. Each command loads only what it needs.
import v8 from 'node:v8';
import { readSettings, SettingError, type Settings } from './settings.ts';

// Garbage is collected early, so that a flood leaves the agent as small as it found it. No limit: that could end it.
v8.setFlagsFromString('--optimize-for-size');

const commands: Record<string, (settings: Settings, args: string[]) => Promise<number>> = {
  serve: async settings => {
    const asked = new Promise(stop => process.on('SIGTERM', stop).on('SIGINT', stop));
    return (await import('./serve.ts')).serve(settings, asked);
  },
  check: async (settings, args) => (await import('./commands/check.ts')).check(settings, args),
  verify: async (settings, args) => (await import('./audit/verify-command.ts')).verifyCommand(args, settings.audit),
  rules: async settings => (await import('./commands/rules.ts')).rules(settings),
  audit: async (settings, args) => (await import('./commands/audit.ts')).audit(settings, args),
  confirm: async (settings, args) => (await import('./confirmation/confirm-command.ts')).confirmCommand(args, settings),
  approve: async (settings, args) => (await import('./approve-command.ts')).approveCommand(args, settings),
};

const [name = '', ...args] = process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) process.exitCode = await command(readSettings(), args);
  else {
    console.error(`usage: gatehouse-agent ${Object.keys(commands).join(' | ')}`);
    process.exitCode = 2;
  }
} catch (error) {
  console.error(
    error instanceof SettingError || !(error instanceof Error)
      ? String((error as Error).message)
      : `gatehouse-agent ${name}: ${error.message}`,
  );
  process.exitCode = 1;
}
// Sockets and timers of a stopped agent must not keep the process.
if (name === 'serve') process.exit();

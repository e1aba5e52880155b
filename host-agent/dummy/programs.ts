// The programs that the simulated machine has, at the paths of Debian 12.
import { fail, type Program, succeed } from './program.ts';
import { chpasswd } from './programs/chpasswd.ts';
import { getent } from './programs/getent.ts';
import { gpasswd } from './programs/gpasswd.ts';
import { groupadd } from './programs/groupadd.ts';
import { groupdel } from './programs/groupdel.ts';
import { hostnamectl } from './programs/hostnamectl.ts';
import { id } from './programs/id.ts';
import { loginctl } from './programs/loginctl.ts';
import { passwd } from './programs/passwd.ts';
import { pdbedit } from './programs/pdbedit.ts';
import { pkill } from './programs/pkill.ts';
import { sudo } from './programs/sudo.ts';
import { unixChkpwd } from './programs/unix_chkpwd.ts';
import { useradd } from './programs/useradd.ts';
import { userdel } from './programs/userdel.ts';
import { usermod } from './programs/usermod.ts';

export const programs: ReadonlyMap<string, Program> = new Map([
  ['/usr/bin/false', () => fail(1)],
  ['/usr/bin/getent', getent],
  ['/usr/bin/gpasswd', gpasswd],
  ['/usr/bin/hostnamectl', hostnamectl],
  ['/usr/bin/id', id],
  ['/usr/bin/loginctl', loginctl],
  ['/usr/bin/passwd', passwd],
  ['/usr/bin/pdbedit', pdbedit],
  ['/usr/bin/pkill', pkill],
  ['/usr/bin/sudo', sudo],
  ['/usr/bin/true', () => succeed()],
  ['/usr/sbin/chpasswd', chpasswd],
  ['/usr/sbin/groupadd', groupadd],
  ['/usr/sbin/groupdel', groupdel],
  ['/usr/sbin/unix_chkpwd', unixChkpwd],
  ['/usr/sbin/useradd', useradd],
  ['/usr/sbin/userdel', userdel],
  ['/usr/sbin/usermod', usermod],
]);

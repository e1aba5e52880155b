import { isPasswordOf } from '../crypt.ts';
import { fail, type Program, succeed } from '../program.ts';

const notForPeople = `This binary is not designed for running in this way
-- the system administrator has been informed`;

/** unix_chkpwd of Linux-PAM 1.5: LOGIN and nullok or nonull; the password comes on stdin, up to its NUL. Of a password it says nothing. */
export const unixChkpwd: Program = ({ args, stdin, tree }) => {
  const [login = '', option = ''] = args;
  if (args.length !== 2) return fail(4, notForPeople);
  if (!['nullok', 'nonull'].includes(option)) return fail(4);
  const entry = tree.rows('shadow').find(each => each.login === login);
  if (!entry) return fail(9);
  const end = stdin.indexOf('\0');
  const right = entry.password === '' ? option === 'nullok' : isPasswordOf(stdin.slice(0, end), entry.password);
  return end >= 0 && right ? succeed() : fail(7);
};

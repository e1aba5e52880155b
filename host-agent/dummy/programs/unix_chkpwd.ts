import { isPasswordOf } from '../crypt.ts';
import { fail, type Program, succeed } from '../program.ts';

/** unix_chkpwd of Linux-PAM 1.5: LOGIN and nullok or nonull; the password comes on stdin, up to its NUL. It says nothing. */
export const unixChkpwd: Program = ({ args, stdin, tree }) => {
  const [login = '', option] = args;
  if (args.length !== 2 || (option !== 'nullok' && option !== 'nonull'))
    return fail(
      4,
      'This binary is not designed for running in this way\n-- the system administrator has been informed',
    );
  const entry = tree.rows('shadow').find(each => each.login === login);
  if (!entry) return fail(9);
  if (entry.password === '') return option === 'nullok' && stdin.includes('\0') ? succeed() : fail(7);
  const end = stdin.indexOf('\0');
  return end > 0 && isPasswordOf(stdin.slice(0, end), entry.password) ? succeed() : fail(7);
};

// The host itself.
import { change, type Flow, fileOf } from './house.ts';

export const hostName: Flow = async house => {
  const { sam } = house;
  await sam.visit('/');
  await sam.follow('.nav a[href="/host"]');
  await change(sam, '/host', { name: 'pantry' });
  if (fileOf(house, '/etc/hostname').trim() !== 'pantry') throw new Error('the host has its old name');
};

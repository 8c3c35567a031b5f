import { expect, test } from 'vitest';
import { SEATS, Seats, seatOf } from './seats.ts';

test('each presenter gets accounts of its own, the lowest that are free', () => {
  let now = 0;
  const seats = new Seats(() => now);
  const first = seats.take();
  expect(first).toEqual({ home: '444455550010', partner: '777788880010' });
  expect(seats.take().home).toBe('444455550020');
  now = 7 * 3600 * 1000;
  seats.keep(first);
  expect(seats.take().home).toBe('444455550020');
});

test('when all are taken, the one left longest ago is given again', () => {
  let now = 0;
  const seats = new Seats(() => now++);
  const all = Array.from({ length: SEATS }, () => seats.take().home);
  expect(new Set(all).size).toBe(SEATS);
  expect(seats.take().home).toBe(all[0]);
  expect(seats.take().home).toBe(all[1]);
});

test.each(['111122223333', '444455550000', '444455550011', '444455551000', '4444555500100', '', 'x'])(
  'account %j is no seat: no demonstration may empty it',
  (account) => expect(seatOf(account)).toBeUndefined(),
);

// Tells an open page that there is something new (server-sent events); the page then asks for itself again, with its filter.
import type { Request, Response } from 'express';
import { keepOpen } from '../sessions/streams.ts';
import type { Mirror } from './mirror.ts';
import type { LogRow } from './store.ts';

const heartbeatMs = 15_000;

/** What the page has seen: `Last-Event-ID` after a break, before that what it says in its address. */
export const seenOf = ({ log, last_n, broken_why }: LogRow): string => `${log}.${last_n}${broken_why ? '.broken' : ''}`;

export function tellNews(req: Request, res: Response, mirror: Mirror, now: LogRow): void {
  // Refused where the account has too many open: the page goes on by asking every half minute.
  keepOpen(req, res);
  if (res.destroyed || req.method === 'HEAD') return void res.end();
  res.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' }).flushHeaders();
  const tell = (log: LogRow) => void res.write(`id: ${seenOf(log)}\nevent: news\ndata: ${log.last_n}\n\n`);
  const seen = req.get('Last-Event-ID') ?? req.query.seen;
  if (seen !== seenOf(now)) tell(now);
  const unwatch = mirror.watch(tell);
  const heart = setInterval(() => {
    mirror.use();
    res.write(': still here\n\n');
  }, heartbeatMs);
  res.once('close', () => {
    unwatch();
    clearInterval(heart);
  });
}

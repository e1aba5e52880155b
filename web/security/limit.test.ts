import express from 'express';
import supertest from 'supertest';
import { expect, it } from 'vitest';
import type { Account } from '../accounts/store.ts';
import { limit } from './limit.ts';

it('takes so many requests of an address, and any number of who is signed in', async () => {
  const app = express();
  app.use((req, res, next) => {
    if (req.get('Cookie')) res.locals.account = {} as Account;
    next();
  });
  app.use(limit({ most: 2, minutes: 1 }), (_req, res) => void res.end());
  app.use(
    ((error, _req, res, _next) => void res.status(error.kind).set(error.headers).end()) as express.ErrorRequestHandler,
  );
  const ask = (headers = {}) => supertest(app).get('/').set(headers);
  for (let i = 0; i < 4; i++) expect((await ask({ Cookie: 'yes' })).status).toBe(200);
  for (let i = 0; i < 2; i++) expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect([refused.status, Number(refused.headers['retry-after'])]).toEqual([429, expect.any(Number)]);
  expect((await ask({ Cookie: 'yes' })).status).toBe(200);
});

// What may come in at all: GET, HEAD and forms of a bounded size.
import express, { type RequestHandler } from 'express';
import { Problem } from '../problem.ts';

export const onlyKnownMethods: RequestHandler = (req, _res, next) => {
  if (['GET', 'HEAD', 'POST'].includes(req.method)) return next();
  throw new Problem(405, { method: req.method }, { Allow: 'GET, HEAD, POST' });
};

export const formsOnly: RequestHandler = (req, _res, next) => {
  if (req.method !== 'POST' || req.is('application/x-www-form-urlencoded')) return next();
  throw new Problem(415);
};

export const readBody: RequestHandler = express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 200 });

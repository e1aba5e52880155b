// A sentence for the next page: what came of the act that was just done. Kept in the session, shown once with role=status.
import type { Request, RequestHandler } from 'express';

export interface Notice {
  tone: 'ok' | 'warn' | 'bad';
  text: string;
}

declare module 'express-session' {
  interface SessionData {
    notice?: Notice;
  }
}

export function leaveNotice(req: Request, tone: Notice['tone'], text: string): void {
  req.session.notice = { tone, text };
}

/** Shows the notice on the next whole page that is looked at; a part fetched by htmx leaves it there. */
export const takeNotice: RequestHandler = (req, res, next) => {
  if (req.method === 'GET' && !req.get('HX-Request') && req.session.notice) {
    res.locals.notice = req.session.notice;
    delete req.session.notice;
  }
  next();
};

// The rules, each in words with its use, and a form that asks what the agent would say to a command.
import { Router } from 'express';
import { z } from 'zod';
import type { HostDeps } from '../agent/host-deps.ts';
import { problemOf } from '../audit/words.ts';
import { shownArgv } from '../changes/command.ts';
import type { Feature } from '../feature.ts';
import { formWith, readForm } from '../form.ts';
import { t } from '../i18n/text.ts';
import { readList } from '../list.ts';
import { choose, levels, patternOf, type Rule, rulesSchema, shows, sorts, subjectOf, useOf } from './rule.ts';
import { dangerOf, whyOf } from './told.ts';
import { tryCommand, type Verdict } from './try.ts';
import { wordsOf } from './words.ts';

/** The text on stdin may be a secret: it is never shown again. */
const secret = ['stdin'];
const tryForm = z.strictObject({
  line: z.string().trim().min(1, 'rules.try.empty').max(4_000, 'rules.try.long'),
  stdin: z.string().max(50_000, 'rules.try.long').default(''),
});

export function rulesRoutes({ agent, reader, now }: Pick<HostDeps, 'agent' | 'reader' | 'now'>): Feature {
  const router = Router();

  router.get('/', async (req, res) => {
    const list = readList(req.query, { path: '/rules', sorts, filters: ['q', 'confirm', 'show'] });
    const { q: text = '', confirm = '', show = '' } = list.filters;
    const { value, stale } = await reader.read({ cmd: '@rules', args: [] }, rulesSchema);
    const rules = choose(
      (value?.rules ?? []).map(rule => ({ ...rule, why: whyOf(rule), danger: dangerOf(rule.id, rule.danger) })),
      { text, confirm, show, sort: list.sort, direction: list.direction },
      now(),
    );
    res.render('rules/views/list', {
      title: t('rules.nav'),
      ...{ list, stale, levels, shows, patternOf },
      total: value?.rules.length ?? 0,
      found: rules.length,
      groups: list.sort === 'subject' ? [...Map.groupBy(rules, subjectOf)] : [['', rules]],
      useOf: (rule: Rule) => useOf(rule, now()),
    });
  });

  const show = (verdict?: Verdict, words?: readonly string[]) => ({
    title: t('rules.try'),
    ...{ verdict, words, shownArgv, problemOf },
  });

  router.get('/try', (_req, res) => res.render('rules/views/try', show()));

  router.post('/try', async (req, res) => {
    const read = readForm(tryForm, req.body, secret);
    if (!read.ok) return res.status(422).render('rules/views/try', { ...show(), form: read.form });
    const { line, stdin } = read.values;
    const typed = wordsOf(line);
    if (!typed.ok) {
      const form = formWith({ line }, { line: t(typed.why) });
      return res.status(422).render('rules/views/try', { ...show(), form });
    }
    const verdict = await tryCommand(agent, typed.words, stdin);
    res.render('rules/views/try', { ...show(verdict, typed.words), form: formWith({ line }, {}) });
  });

  const access = { look: ['administrator', 'reviewer'], act: ['administrator', 'reviewer'] } as const;
  return { path: '/rules', access, router, nav: { text: 'rules.nav', icon: 'rules', group: 'trust' } };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Registry } from './registry.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'gatehouse-registry-'));
});
afterEach(() => rmSync(state, { recursive: true }));

const open = () => new Registry(state, true, () => [1006]);
const onHost = (numbers: Record<string, number>) => async (name: string) => numbers[name];

describe('what was being made', () => {
  it('is ours where it is there with its number, also after a crash', async () => {
    open().begin('ann', 1007);
    open().beginGroup('family', 1008);
    const registry = open();
    expect([registry.uidOf('ann'), registry.gidOf('family')]).toEqual([undefined, undefined]);
    await registry.settle(onHost({ ann: 1007 }), onHost({ family: 1008 }));
    expect([open().uidOf('ann'), open().gidOf('family')]).toEqual([1007, 1008]);
  });

  it.each([
    ['is not there', {}],
    ['is there with another number', { ann: 1000, family: 1000 }],
  ])(
    'is nobody of ours where it %s, now and later, and its number is gone',
    async (_, numbers: Record<string, number>) => {
      const registry = open();
      registry.begin('ann', 1007);
      registry.beginGroup('family', 1008);
      await registry.settle(onHost(numbers), onHost(numbers));
      await registry.settle(onHost({ ann: 1007 }), onHost({ family: 1008 }));
      expect([registry.uidOf('ann'), registry.gidOf('family'), open().nextUid]).toEqual([undefined, undefined, 1009]);
    },
  );
});

describe('the next number', () => {
  it('begins above all in use, and never goes back', () => {
    const registry = open();
    expect(registry.nextUid).toBe(1007);
    registry.begin('ann', 1007);
    registry.skipTo(1003);
    registry.adopt('kim', 1001);
    expect(registry.nextUid).toBe(1008);
    registry.adopt('lee', 1500);
    registry.forget('lee');
    expect([open().nextUid, open().uidOf('kim'), open().uidOf('lee')]).toEqual([1501, 1001, undefined]);
  });

  it('is not moved by who only asks', () => {
    open();
    const asking = new Registry(state, false, () => []);
    asking.begin('ann', 1007);
    expect([asking.nextUid, open().nextUid]).toEqual([1008, 1007]);
  });
});

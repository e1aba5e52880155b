import { Router } from 'express';
import { expect, it } from 'vitest';
import { type Feature, onlyAdministrators } from '../feature.ts';
import { featureAt } from './gate.ts';

const features = ['/', '/me', '/me/factors', '/users'].map(
  (path): Feature => ({ path, access: onlyAdministrators, router: Router() }),
);

it.each([
  ['/', '/'],
  ['/me', '/me'],
  ['/me/password', '/me'],
  ['/me/factors', '/me/factors'],
  ['/me/factors/app', '/me/factors'],
  ['/me/factorsX', '/me'],
  ['/users/', '/users'],
  ['/usersX', undefined],
  ['/Users', undefined],
])('answers for %s by the feature that names most of it', (path, feature) => {
  expect(featureAt(features, path)?.path).toBe(feature);
  expect(featureAt(features.toReversed(), path)?.path).toBe(feature);
});
